#include "view.glsl"
#include "lens.glsl"
out vec4 o;
uniform sampler2D uSource, uBloom;
uniform float uExposure, uBloomShare, uGrain, uFrame, uVignette;
uniform vec3 uLift, uGain;
uniform float uSaturation;
uniform mat4 uVP;
uniform vec3 uMirrorLow, uMirrorHigh;
uniform vec2 uFall; // streak opacity of rain, flake opacity of snow and dust
#ifdef INK
#include "ink.glsl"
#endif
vec3 tone(vec3 x) { x *= .72; return clamp((x * (2.51 * x + .03)) / (x * (2.43 * x + .59) + .14), 0.0, 1.0); }

#ifdef WET
// Wet ground mirrors the street: the reflected ray is followed to the walls of a box and looked up on screen.
vec3 mirrored(vec3 p) {
  float rough = texture(gAlbedo, uv).a;
  vec3 ray = p - uEye;
  vec3 d = vec3(ray.x, -ray.y, ray.z);
  vec3 t = max((uMirrorLow - p) / d, (uMirrorHigh - p) / d);
  vec3 hit = p + d * min(t.x, t.z);
  vec4 h = uVP * vec4(hit, 1.0);
  vec2 u = h.xy / h.w * .5 + .5;
  u.x += (gradientNoise(gl_FragCoord.xy) - .5) * .012;
  float seen = step(0.0, h.w) * smoothstep(0.0, .08, min(min(u.x, 1.0 - u.x), min(u.y, 1.0 - u.y)));
  float up = step(p.y, .06) * step(texture(gMaterial, uv).r * 255.0, 1.5);
  float grazing = pow(1.0 - abs(normalize(ray).y), 3.0);
  float k = up * seen * mix(.34, .05, smoothstep(.05, .45, rough)) * (.25 + 1.5 * grazing);
  k *= step(texture(gMaterial, clamp(u, 0.0, 1.0)).r * 255.0, 39.5);
  return min(texture(uSource, clamp(u, 0.0, 1.0)).rgb, vec3(6)) * k;
}
#endif

#ifdef RAIN
float streaks(float z) {
  float sum = 0.0;
  for (int i = 0; i < 3; i++) {
    float fi = float(i), scale = (14.0 + fi * 11.0) * 2.2;
    vec2 p = vec2(uv.x * uSize.x / uSize.y, uv.y);
    p.x += p.y * .06;
    float column = floor(p.x * scale), y = p.y * (1.2 + fi * .4) + uTime * (2.2 + hash1(column + fi * 31.0) * .9) + hash1(column * 1.7 + fi) * 9.0;
    float reach = .10 + .05 * hash1(column), fx = abs(fract(p.x * scale) - .5);
    sum += step(.55, hash2(vec2(column, floor(y) + fi * 7.0))) * smoothstep(reach, 0.0, fract(y)) * smoothstep(.14, .02, fx) * step(1.0 + fi * 1.4, z) * (.5 - .08 * fi);
  }
  return sum;
}
#endif

#ifdef FLAKES
float flakes(float z) {
  float sum = 0.0;
  for (int i = 0; i < 3; i++) {
    float fi = float(i), scale = 9.0 + fi * 7.0;
    vec2 p = vec2(uv.x * uSize.x / uSize.y, uv.y) * scale + vec2(sin(uTime * .6 + fi) * .4, uTime * (.9 - .15 * fi) * scale * .16);
    vec2 id = floor(p), f = fract(p) - .5 - .32 * vec2(hash2(id) - .5, hash2(id + 7.0) - .5);
    sum += step(.62, hash2(id + fi * 13.0)) * smoothstep(.12, .03, length(f)) * step(.8 + fi * 1.2, z);
  }
  return sum;
}
#endif

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  vec3 c = texelFetch(uSource, at, 0).rgb + texture(uBloom, uv).rgb * uBloomShare;
  float d = texelFetch(gDepth, at, 0).r, z = metres(d);
#ifdef WET
  c += mirrored(worldAt(uv, d));
#endif
#ifdef RAIN
  c += streaks(z) * uFall.x * vec3(.5, .6, .75);
#endif
#ifdef FLAKES
  c += flakes(z) * uFall.y * vec3(.8, .85, .9);
#endif
  c = tone(c * uExposure);
  c = pow(c, vec3(1.0 / 2.2));
  c = c * uGain + uLift * (1.0 - c);
  c = mix(vec3(dot(c, vec3(.3, .59, .11))), c, uSaturation);
#ifdef INK
  int reach = int(max(1.0, uSize.y / 540.0));
  float ink = max(inkAt(at, reach), .8 * seamAt(at, reach)) * mix(1.0, .35, smoothstep(6.0, 30.0, z));
  c = mix(c, vec3(.035, .03, .045), ink);
#endif
  vec2 q = uv - .5;
  c *= 1.0 - uVignette * smoothstep(.25, .95, dot(q, q) * 2.6);
  c += (hash2(gl_FragCoord.xy + fract(uFrame * .6180339) * 517.0) - .5) * uGrain;
  o = vec4(clamp(c, 0.0, 1.0), 1.0);
}
