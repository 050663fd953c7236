#include "noise.glsl"
in vec3 vLocal;
in vec3 vNormal;
in vec3 vWorld;
in vec4 vColour;
flat in vec4 vMeta;
layout(location = 0) out vec4 oAlbedo;   // sqrt(linear colour), roughness
layout(location = 1) out vec4 oNormal;
layout(location = 2) out vec4 oMaterial; // segment, emission / 4, skin, metal
#ifdef SKINNED
uniform vec3 uPalette[13];               // skin hair top shirt accent bottom shoes iris lips brow hat glasses pattern
uniform vec4 uMouth;
uniform vec2 uLids;
uniform vec4 uHead;                      // centre in bind space, scale
uniform vec3 uGaze;
uniform float uSoft;
uniform float uSegment;
#endif
#ifdef RIGID
uniform float uThing;
#endif
#if defined(ASPHALT) || defined(COBBLES)
uniform float uWet;
#endif
#ifdef FACE
#include "face.glsl"
#endif
#ifdef TOP
#include "clothes.glsl"
#endif
#ifdef BODY
#include "body.glsl"
#endif
#ifdef SKINNED
// The normal of a surface raised by h metres (a function of the pixel).
vec3 raised(vec3 n, float h) {
  vec3 sx = dFdx(vWorld), sy = dFdy(vWorld), rx = cross(sy, n), ry = cross(n, sx);
  float det = dot(sx, rx);
  h *= smoothstep(.0045, .0015, length(fwidth(vLocal)));
  vec3 g = sign(det) * (clamp(dFdx(h), -.004, .004) * rx + clamp(dFdy(h), -.004, .004) * ry);
  return normalize(abs(det) * n - g + n * 1e-12);
}
#endif
void main() {
  vec3 c = vColour.rgb * vColour.rgb;
  float rough = vColour.a, glow = vMeta.z / 16.0, metal = vMeta.w / 255.0, sss = 0.0, segment = vMeta.x;
  vec3 n = normalize(vNormal);
#ifdef RIGID
  segment = uThing;
#endif
#ifdef SKINNED
  segment = uSegment;
  vec3 q = (vLocal - uHead.xyz) / uHead.w;
#endif
#ifdef FACE
#if KIND == 1
  sss = 1.0;
  float relief = 0.0;
  paintFace(q, c, rough, sss, relief);
  n = raised(n, relief * uHead.w);
#else
  float outer = KIND == 2 ? 1.0 : -1.0;
  paintEye(normalize(q - uEyes * vec3(outer, 1.0, 1.0)), outer, c, rough, sss, glow);
#endif
#endif
#ifdef TOP
  float relief = 0.0;
  c = paintTop(vLocal, vColour.r, relief);
  n = raised(n, relief);
#endif
#ifdef BODY
  float relief = 0.0;
  paintBody(q, c, rough, sss, relief);
  n = raised(n, relief);
#endif
#ifdef PLANKS
  vec2 p = vWorld.xz;
  float row = floor(p.x / .145);
  float along = (p.y + hash1(row) * 1.7) / 1.7;
  float id = hash2(vec2(row, floor(along)));
  vec2 f = vec2(fract(p.x / .145), fract(along));
  float grain = valueNoise(vec2(p.x * 70.0 + id * 40.0, p.y * 3.0 + id * 9.0));
  float gap = min(min(f.x, 1.0 - f.x) * .145, min(f.y, 1.0 - f.y) * 1.7);
  c *= (.72 + .45 * id) * (.82 + .32 * grain) * mix(.28, 1.0, smoothstep(.0, .004, gap));
  rough = .34 + .22 * grain;
#endif
#ifdef PLASTER
  c *= .95 + .09 * valueNoise(vWorld.xy * 4.0 + vWorld.z * 4.0);
#endif
#ifdef SKYLINE
  vec2 g = vec2((vWorld.x + vWorld.z * .7) / .42, vWorld.y / .55);
  vec2 i = floor(g), f = fract(g);
  float lit = step(.58, hash2(i + floor(vWorld.z) * 7.0)) * step(.18, f.x) * step(f.x, .82) * step(.25, f.y) * step(f.y, .8);
  c = c * .5 + lit * mix(vec3(1.0, .62, .28), vec3(.55, .75, 1.0), step(.78, hash2(i + 3.1))) * (.35 + hash2(i + 9.0)) * 1.4;
  glow = .75;
#endif
#ifdef ASPHALT
  float puddle = smoothstep(.44, .60, valueNoise(vWorld.xz * .9) * .7 + valueNoise(vWorld.xz * 3.1) * .3) * uWet;
  c *= .75 + .4 * valueNoise(vWorld.xz * 60.0);
  c *= mix(1.0, .5, puddle);
  rough = mix(mix(.75, .38, uWet), .07, puddle);
  float ripple = .05 * (1.0 - puddle * .85);
  n = normalize(n + ripple * vec3(valueNoise(vWorld.xz * 45.0) - .5, 0.0, valueNoise(vWorld.xz * 45.0 + 9.0) - .5));
#endif
#ifdef BRICK
  vec2 b = vec2(vWorld.x + vWorld.z, vWorld.y) / vec2(.26, .095);
  b.x += .5 * step(.5, fract(b.y * .5));
  vec2 f = fract(b);
  float mortar = smoothstep(.0, .06, f.x) * smoothstep(.0, .14, f.y);
  c = mix(c * .5, c * (.75 + .5 * hash2(floor(b))), mortar);
#endif
#ifdef SCREEN
  vec2 p = vLocal.xy * vec2(40.0, 52.0);
  float text = step(.35, fract(p.y)) * step(fract(p.x * .13 + hash1(floor(p.y)) * 3.0), .35 + .5 * hash1(floor(p.y) + 2.0));
  c = mix(vec3(.06, .16, .28), vec3(.45, .80, 1.0), text * .8);
  glow = 1.4;
#endif
#ifdef RUG
  c *= .85 + .25 * valueNoise(vWorld.xz * 120.0);
#endif
#ifdef WOOD
  // Grain stands upright on what faces along x; elsewhere it lies.
  c *= .75 + .4 * valueNoise(abs(n.x) > .6 ? vec2(vWorld.y * 2.0 + vWorld.x * 3.0, vWorld.z * 55.0) : vec2(vWorld.x * 3.0 + vWorld.y * 2.0, vWorld.z * 40.0 + vWorld.y * 40.0));
#endif
#ifdef SHOPWINDOW
  vec2 s = vec2(vWorld.x * 1.7, vWorld.y);
  float shelf = smoothstep(.03, .0, abs(fract(vWorld.y * 1.6 + .2) - .5) - .46);
  float wares = step(.30, hash2(floor(vec2(s.x * 3.0, floor(vWorld.y * 1.6 + .2))))) * step(fract(vWorld.y * 1.6 + .2), .25 + .5 * hash1(floor(s.x * 3.0)));
  c *= mix(vec3(1.0), vec3(.30, .22, .20) + .35 * vec3(hash1(floor(s.x * 3.0)), .4, .3), wares * .8);
  c *= .62 + .38 * smoothstep(.3, 2.1, vWorld.y) + .2 * shelf;
#endif
#ifdef PASSING
  glow *= .62 + .38 * dot(n, vec3(.38, .78, .50));
#endif
#if defined(CONCRETE) || defined(CORRUGATED) || defined(STONE) || defined(FACADE) || defined(PANEL) || defined(GRATING) || defined(LINOLEUM) || defined(UPHOLSTERY) || defined(READOUT)
  // Across and along whichever way a surface faces.
  vec2 face = abs(n.y) > .6 ? vWorld.xz : vec2(abs(n.x) > .6 ? vWorld.z : vWorld.x, vWorld.y);
#endif
#ifdef PANEL
  vec2 cell = face / vec2(1.2, .8), f = fract(cell);
  float seam = min(min(f.x, 1.0 - f.x) * 1.2, min(f.y, 1.0 - f.y) * .8);
  // The rougher a panel, the more dirt has run down from its seams.
  float dirt = smoothstep(.45, .95, rough) * (.25 + .75 * valueNoise(vec2(face.x * 11.0, face.y * 1.3))) * (.35 + .65 * f.y);
  c *= (.90 + .14 * hash2(floor(cell))) * mix(.30, 1.0, smoothstep(.002, .009, seam)) * (1.0 - .62 * dirt);
#endif
#ifdef GRATING
  vec2 cell = face / vec2(.075, .15), f = abs(fract(cell + vec2(.5 * mod(floor(cell.y), 2.0), 0.0)) - .5);
  float far = clamp(fwidth(cell.x) * 1.6, 0.0, 1.0), bar = mix(smoothstep(.30, .38, max(f.x, f.y)), .5, far);
  c *= mix(.10, 1.0, bar);
  metal *= bar;
#endif
#ifdef LINOLEUM
  c *= .94 + .10 * valueNoise(face * 85.0) + .06 * (valueNoise(face * 1.7) - .5);
  rough += .10 * valueNoise(face * 5.0);
#endif
#ifdef STARS
  vec2 sky = (abs(n.y) > .6 ? vWorld.xz : vec2(vWorld.z + vWorld.x, vWorld.y)) * 2.6, id = floor(sky);
  float spark = hash2(id), near = length(fract(sky) - .5 - .35 * vec2(hash2(id + 5.0) - .5, hash2(id + 11.0) - .5));
  float cloud = valueNoise(sky * .21) * .6 + valueNoise(sky * .53 + 7.0) * .4;
  c = c * smoothstep(.35, .9, cloud) * .35 + mix(vec3(.7, .8, 1.0), vec3(1.0, .85, .65), hash2(id + 3.0)) * step(.45, spark) * smoothstep(.02 + .07 * spark * spark, .0, near);
#endif
#ifdef UPHOLSTERY
  // Cloth is woven with a small figure, leather is pleated.
  float cloth = smoothstep(.55, .65, rough), pleat = abs(fract(face.x / .115) - .5) * 2.0;
  vec2 cell = face / vec2(.013, .009);
  float figure = step(.84, hash2(floor(cell))) * clamp(1.2 - fwidth(cell.x), 0.0, 1.0);
  c *= mix(.55 + .45 * smoothstep(1.0, .84, pleat), .90 + .14 * valueNoise(face * 120.0) + .30 * figure, cloth);
#endif
#ifdef READOUT
  vec2 cell = face / vec2(.17, .12), id = floor(cell), f = fract(cell);
  float sort = hash2(id), line = floor(f.y * 7.0), fill = .25 + .7 * hash2(id + line * 3.1);
  float text = step(.3, fract(f.y * 7.0)) * step(.06, f.x) * step(f.x, fill);
  float wave = smoothstep(.07, .02, abs(f.y - .5 - .28 * sin(f.x * 19.0 + sort * 40.0) * hash2(id + floor(f.x * 9.0))));
  float ring = smoothstep(.05, .02, abs(length((f - .5) * vec2(1.4, 1.0)) - .36)) + smoothstep(.14, .1, length((f - .5) * vec2(1.4, 1.0)));
  float lit = sort < .5 ? text : sort < .8 ? wave : ring;
  float frame = step(min(min(f.x, 1.0 - f.x) * 1.4, min(f.y, 1.0 - f.y)), .03);
  c = c * (.05 + .95 * clamp(lit + .35 * frame, 0.0, 1.0));
#endif
#ifdef CONCRETE
  float cloud = valueNoise(face * .9) * .5 + valueNoise(face * 4.1) * .3 + valueNoise(face * 23.0) * .2;
  // Rain leaves its runs on walls; formwork its joints.
  float run = (1.0 - abs(n.y)) * smoothstep(.5, .9, valueNoise(vec2(face.x * 3.3, face.y * .24))) * smoothstep(.4, .9, rough);
  vec2 joint = abs(fract(face / vec2(2.4, 1.6)) - .5) * vec2(2.4, 1.6);
  c *= (.76 + .42 * cloud) * (1.0 - .34 * run) * mix(1.0, .62, smoothstep(.012, .004, min(1.2 - joint.x, .8 - joint.y)));
#endif
#ifdef CORRUGATED
  float wave = face.x * 39.27, fine = clamp(1.6 - fwidth(wave), 0.0, 1.0);
  vec3 across = abs(n.y) > .6 || abs(n.x) <= .6 ? vec3(1.0, 0.0, 0.0) : vec3(0.0, 0.0, 1.0);
  n = normalize(n - across * cos(wave) * .55 * fine);
  float rust = smoothstep(.5, .95, rough) * smoothstep(.45, .75, valueNoise(vec2(face.x * 2.3, face.y * .7)) * .7 + valueNoise(face * 9.0) * .3);
  c = mix(c * (1.0 - .28 * fine * (.5 - .5 * sin(wave))), vec3(.16, .055, .02), rust);
  metal *= 1.0 - rust;
#endif
#ifdef STONE
  float course = floor(face.y / .30), wide = .38 + .26 * hash1(course + 3.0);
  vec2 block = vec2(face.x / wide + hash1(course) * 7.0, face.y / .30), f = fract(block);
  float edge = min(min(f.x, 1.0 - f.x) * wide, min(f.y, 1.0 - f.y) * .30) - .008 * valueNoise(face * 14.0);
  c *= (.66 + .46 * hash2(floor(block) + 1.7)) * (.82 + .30 * valueNoise(face * 12.0)) * mix(.36, 1.0, smoothstep(.0, .014, edge));
#endif
#ifdef BARK
  float turn = atan(n.x, n.z), crack = valueNoise(vec2(turn * 6.5 + 2.0 * valueNoise(vWorld.xy * 1.3), vWorld.y * 1.5 + vWorld.x * 3.0));
  float moss = smoothstep(1.5, .1, vWorld.y) * smoothstep(.42, .8, valueNoise(vec2(turn * 2.0 + vWorld.x, vWorld.y * 1.7)));
  c *= .38 + .95 * crack * (.7 + .5 * valueNoise(vec2(turn * 24.0, vWorld.y * 9.0)));
  c = mix(c, vec3(.055, .095, .02), moss * .75 * smoothstep(.35, .8, rough));
#endif
#ifdef LEAVES
  // A card of foliage shows where it cuts the seeds of a lattice without rows; far away they are coarser, never finer
  // than a pixel.
  float footprint = min(length(dFdx(vWorld)), length(dFdy(vWorld)));
  float leaf = .080 * exp2(ceil(log2(max(footprint / .030, 1.0))));
  vec3 cell = vec3(.80 * vLocal.x + .60 * vLocal.z, .94 * vLocal.y + .27 * vLocal.x - .20 * vLocal.z, .80 * vLocal.z - .60 * vLocal.x) / leaf;
  cell.x += 7.0 * hash1(floor(cell.y) + 40.0);
  cell.z += 7.0 * hash2(floor(cell.xy));
  vec3 id = floor(cell);
  float own = hash2(id.xy + id.z * 17.3), lean = own * 25.0;
  vec3 q = fract(cell) - .5;
  q.xz = vec2(q.x * cos(lean) - q.z * sin(lean), q.x * sin(lean) + q.z * cos(lean));
  if (length(q * vec3(.80, 1.0, 1.5)) > .40 + .14 * own) discard;
  c *= .55 + .95 * hash2(id.yz + id.x * 7.1);
#endif
#ifdef SOIL
  vec2 at = vWorld.xz, cell = at / .11, id = floor(cell);
  float damp = valueNoise(at * .7) * .6 + valueNoise(at * 3.3) * .4, own = hash2(id), lean = own * 6.2832;
  vec2 q = fract(cell) - .5 - .22 * vec2(hash2(id + 4.0) - .5, hash2(id + 8.0) - .5);
  q = vec2(q.x * cos(lean) - q.y * sin(lean), q.x * sin(lean) + q.y * cos(lean));
  float litter = smoothstep(.30, .22, length(q * vec2(1.0, 2.1))) * step(1.0 - rough * .7, hash2(id + 2.0)) * clamp(1.6 - fwidth(cell.x) * 1.5, 0.0, 1.0);
  vec3 leaf = mix(vec3(.16, .075, .022), vec3(.26, .16, .045), hash2(id + 6.0));
  c = mix(c * (.62 + .7 * damp) * (.85 + .3 * valueNoise(at * 31.0)), leaf * (.7 + .5 * own), litter * .85);
#endif
#ifdef GRASS
  vec2 at = vWorld.xz;
  float patchy = valueNoise(at * .45) * .5 + valueNoise(at * 1.9) * .3 + valueNoise(at * 7.0) * .2;
  float blade = mix(.5, valueNoise(vec2(at.x * 62.0 + 6.0 * valueNoise(at * 5.0), at.y * 17.0)), clamp(1.4 - fwidth(at.x) * 22.0, 0.0, 1.0));
  c *= (.52 + .62 * patchy) * (.62 + .72 * blade);
  c = mix(c, vec3(dot(c, vec3(.5))) * vec3(1.25, 1.0, .5), .35 * smoothstep(.5, .8, valueNoise(at * .8 + 5.0)));
  n = normalize(n + .22 * vec3(blade - .5, 0.0, patchy - .5));
#endif
#ifdef WATER
  vec2 at = vWorld.xz;
  n = normalize(n + .10 * vec3(valueNoise(at * vec2(2.1, 5.0)) + .5 * valueNoise(at * vec2(7.0, 13.0)) - .75, 0.0, valueNoise(at * vec2(2.4, 4.4) + 9.0) + .5 * valueNoise(at * vec2(8.0, 11.0) + 3.0) - .75));
  c *= .8 + .4 * valueNoise(at * vec2(.6, 1.7));
#endif
#ifdef COBBLES
  vec2 at = vWorld.xz / vec2(.19, .15);
  at.x += .5 * step(.5, fract(at.y * .5)) + .16 * hash1(floor(at.y));
  vec2 sett = floor(at), f = fract(at) - .5;
  float near = clamp(1.5 - fwidth(at.x) * 1.6, 0.0, 1.0), dome = smoothstep(.50, .36, max(abs(f.x), abs(f.y)));
  float puddle = smoothstep(.50, .66, valueNoise(vWorld.xz * .8) * .7 + valueNoise(vWorld.xz * 2.7) * .3) * uWet;
  c *= (.70 + .45 * hash2(sett)) * mix(.8, mix(.34, 1.0, dome), near) * mix(1.0, .5, puddle);
  n = normalize(n + vec3(f.x, 0.0, f.y) * .8 * near * (1.0 - puddle));
  rough = mix(mix(.72, .34, uWet), .07, puddle);
#endif
#ifdef FACADE
  // Windows of a far house; emission is the share of them that is lit.
  vec2 cell = face / vec2(1.15, 1.5), id = floor(cell), f = fract(cell);
  float pane = step(.24, f.x) * step(f.x, .76) * step(.26, f.y) * step(f.y, .80), own = hash2(id + floor(vWorld.z * .21) * 3.0);
  pane *= step(abs(n.y), .5);
  float on = pane * step(1.0 - glow, own);
  c = mix(c * (.9 + .14 * hash2(id.yy)), mix(c * .35 + vec3(.006, .009, .014), mix(vec3(1.0, .60, .26), vec3(.62, .80, 1.0), step(.72, hash2(id + 3.1))) * (.4 + .6 * hash2(id + 9.0)), on), pane);
  glow = on * .55;
#endif
  oAlbedo = vec4(sqrt(clamp(c, 0.0, 1.0)), rough);
  oNormal = vec4(n * .5 + .5, 1.0);
  oMaterial = vec4(segment / 255.0, glow / 4.0, sss, metal);
}
