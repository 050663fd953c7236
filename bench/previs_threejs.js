// Draws the exported scene with three.js: standard materials, the same lamps and shadow maps, multisampling.
// No occlusion, no shafts, no depth of field, no bloom, no grade, no skinning: less than the previs engine does.
import * as THREE from "three";

const scene = await (await fetch("/scene.json")).json();
const bytes = await (await fetch("/scene.bin")).arrayBuffer();
const renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
renderer.setPixelRatio(1);
renderer.setSize(scene.width, scene.height);
renderer.shadowMap.enabled = true;
renderer.shadowMap.type = THREE.PCFShadowMap;
renderer.toneMapping = THREE.ACESFilmicToneMapping;
document.body.append(renderer.domElement);

const world = new THREE.Scene();
world.background = new THREE.Color(0.02, 0.025, 0.04);
for (const part of scene.parts) {
  const geometry = new THREE.BufferGeometry();
  const floats = (span, size) => new THREE.BufferAttribute(new Float32Array(bytes, span[0], span[1] / 4), size);
  geometry.setAttribute("position", floats(part.position, 3));
  geometry.setAttribute("normal", floats(part.normal, 3));
  geometry.setAttribute("color", floats(part.colour, 3));
  geometry.setIndex(new THREE.BufferAttribute(new Uint32Array(bytes, part.indices[0], part.indices[1] / 4), 1));
  const material = new THREE.MeshStandardMaterial({ vertexColors: true, roughness: 0.7, side: THREE.DoubleSide });
  const mesh = new THREE.Mesh(geometry, material);
  mesh.castShadow = part.casts;
  mesh.receiveShadow = true;
  world.add(mesh);
}
for (const lamp of scene.lamps) {
  const light = new THREE.SpotLight();
  light.color.setRGB(...lamp.radiance);
  light.intensity = 2.2;
  light.decay = 0;
  light.angle = lamp.cone;
  light.penumbra = 0.45;
  light.position.set(...lamp.position);
  light.target.position.set(...lamp.aim);
  light.castShadow = lamp.shadow;
  light.shadow.mapSize.set(scene.tile, scene.tile);
  light.shadow.camera.near = lamp.near;
  light.shadow.camera.far = lamp.far;
  light.shadow.bias = -0.0005;
  light.shadow.normalBias = 0.02;
  world.add(light, light.target);
}
world.add(new THREE.HemisphereLight(new THREE.Color(...scene.ambient_top), new THREE.Color(...scene.ambient_low), 3));

const camera = new THREE.PerspectiveCamera();
camera.matrixAutoUpdate = false;
const gl = renderer.getContext();
const pixel = new Uint8Array(4);
function draw(number) {
  const frame = scene.frames[number % scene.frames.length];
  camera.fov = frame.fov_y;
  camera.aspect = scene.width / scene.height;
  camera.near = scene.near_m;
  camera.far = scene.far_m;
  camera.updateProjectionMatrix();
  camera.matrix.set(...frame.world);
  camera.matrixWorldNeedsUpdate = true;
  renderer.render(world, camera);
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); // waits until the frame is really drawn
}
const tell = (path, body) => fetch(path, { method: "POST", body });
for (let i = 0; i < 3; i++) draw(i);
const info = gl.getExtension("WEBGL_debug_renderer_info");
const name = info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : gl.getParameter(gl.RENDERER);
await tell("/begin", name);
for (let i = 0; i < scene.frames.length; i++) draw(i);
await tell("/end", renderer.domElement.toDataURL("image/png"));
