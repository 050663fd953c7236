#include "view.glsl"
#include "lights.glsl"
#include "lens.glsl"
out vec4 o; // radiance, circle of confusion
uniform sampler2D uOcclusion, uShafts;
uniform vec3 uAmbientTop, uAmbientLow;
#ifdef SKY
#include "sky.glsl"
#endif

float specular(float nh, float nl, float nv, float rough) {
  float a = rough * rough, q = nh * nh * (a * a - 1.0) + 1.0, k = a * .5;
  return min(a * a / (3.1416 * q * q) / ((nl * (1.0 - k) + k) * (nv * (1.0 - k) + k)) * .25, 6.0) * nl;
}

#if AO_TAPS > 0
// One neighbour in the half-size occlusion, weighted by how near it is in depth.
vec2 neighbour(ivec2 at, float dist) {
  vec3 s = texelFetch(uOcclusion, at, 0).rgb;
  float k = 1.0 / (.02 + abs((s.g * 255.0 + s.b) / 255.0 * 64.0 - dist));
  return vec2(s.r, 1.0) * k;
}
#endif

float occlusionAt(float dist) {
#if AO_TAPS > 0
  ivec2 last = textureSize(uOcclusion, 0) - 1, low = clamp((ivec2(gl_FragCoord.xy) - 1) / 2, ivec2(0), last), high = min(low + 1, last);
  vec2 sum = neighbour(low, dist) + neighbour(ivec2(high.x, low.y), dist) + neighbour(ivec2(low.x, high.y), dist) + neighbour(high, dist);
  return sum.x / sum.y;
#else
  return 1.0;
#endif
}

struct Point { vec3 p, n, v, f0; float rough, sss, figure, nv; };
vec3 diffuse = vec3(0), gloss = vec3(0);

#if SHADOWS > 0
// Share of lamp l that reaches the point: a few rotated taps round its place in the lamp's tile of the atlas.
float litShare(int l, Point x, float soft, vec2 turn) {
  vec4 h = uLightMatrix[l] * vec4(x.p + x.n * .022, 1.0);
  vec3 s = h.xyz / h.w;
  vec2 base = vec2(l & 1, l >> 1);
  float spread = (.0010 + .0080 * soft) * (TAPS < 4 ? .6 : 1.0) * uLightSpread[l], z = s.z * .5 + .5 - .00022 - .0005 * soft, sum = 0.0;
  for (int i = 0; i < TAPS; i++) {
    float fi = float(i), r = sqrt((fi + .5) / float(TAPS)) * spread, a = fi * 2.399963;
    vec2 t = vec2(cos(a), sin(a)) * r;
    t = vec2(t.x * turn.x - t.y * turn.y, t.x * turn.y + t.y * turn.x);
    sum += texture(uAtlas, vec3((base + clamp(s.xy + t, .002, .998)) * .5, z));
  }
  bool mapped = s.x > 0.0 && s.y > 0.0 && s.x < 1.0 && s.y < 1.0;
  return mapped ? sum / float(TAPS) : 1.0;
}
#endif

void addLamp(int l, Point x, vec2 turn) {
  vec3 w = uLightPos[l].xyz - x.p;
  float r2 = max(dot(w, w), 1e-4);
  vec3 ld = w * inversesqrt(r2);
  float spot = smoothstep(uLightDir[l].w, uLightShape[l].x, dot(-ld, uLightDir[l].xyz)) * mix(uLightPos[l].w, 1.0, x.figure);
  float soft = uLightShape[l].y, ndl = dot(x.n, ld), wrap = .03 + .16 * soft + .07 * x.sss;
  float df = clamp((ndl + wrap) / (1.0 + wrap), 0.0, 1.0);
  df = mix(df * df, df, .75);
#if SHADOWS > 0
  if (l < SHADOWS) spot *= litShare(l, x, soft, turn);
#endif
#ifdef CALIBRATE
  df = max(ndl, 0.0);
#endif
  vec3 radiance = uLightColour[l].rgb * (spot / (1.0 + r2 * uLightShape[l].z));
#ifdef CALIBRATE
  vec3 bleed = vec3(1);
#else
  vec3 bleed = mix(vec3(1), vec3(1.0, .55, .45), x.sss * .45 * (1.0 - df) * smoothstep(.0, .35, df));
#endif
  diffuse += radiance * df * bleed;
  if (l < GLOSS) {
    vec3 hv = normalize(x.v + ld);
    float fres = 1.0 - max(dot(x.v, hv), 0.0), f2 = fres * fres;
    vec3 F = x.f0 + (1.0 - x.f0) * (f2 * f2 * fres);
    float shine = specular(max(dot(x.n, hv), 0.0), max(ndl, 0.0), x.nv, clamp(x.rough + soft * .10, .06, 1.0));
    gloss += radiance * F * (shine * step(0.0, ndl));
  }
}

void main() {
  float d = texelFetch(gDepth, ivec2(gl_FragCoord.xy), 0).r;
  vec3 p = worldAt(uv, min(d, .99999)), toEye = uEye - p;
  float dist = length(toEye);
  vec3 v = toEye / dist;
  vec3 shafts = vec3(0);
#if VOLUMES > 0
  shafts = texture(uShafts, uv).rgb;
#endif
  ivec2 at = ivec2(gl_FragCoord.xy);
  vec4 A = texelFetch(gAlbedo, at, 0), M = texelFetch(gMaterial, at, 0);
  vec3 n = normalize(texelFetch(gNormal, at, 0).xyz * 2.0 - 1.0), albedo = A.rgb * A.rgb;
  float rough = max(A.a, .08), sss = M.z, metal = M.w, figure = step(39.5, M.x * 255.0);
  float ao = occlusionAt(dist), nv = max(dot(n, v), .05);
  vec3 f0 = mix(vec3(.04), albedo, metal);
#ifdef SKY
  // Snow settles on what faces up.
  float settled = uSkyShape.z * smoothstep(.45, .85, n.y + .25 * (valueNoise(p.xz * 2.7) - .5)) * (1.0 - figure);
  albedo = mix(albedo, vec3(.82, .86, .92), settled);
  rough = mix(rough, .8, settled);
#endif
#ifdef CLAY
  albedo = vec3(mix(.27, .34, figure));
  rough = .62;
  metal = 0.0;
  sss = 0.0;
  f0 = vec3(.03);
#endif
#ifdef TOON
  float turn = 0.0;
#else
  float turn = gradientNoise(gl_FragCoord.xy) * 6.2832;
#endif
  Point x = Point(p, n, v, f0, rough, sss, figure, nv);
  vec2 turned = vec2(cos(turn), sin(turn));
  // Written out, because the compiler leaves a loop of this size rolled and then gathers every uniform per pixel.
#if LIGHTS > 0
  addLamp(0, x, turned);
#endif
#if LIGHTS > 1
  addLamp(1, x, turned);
#endif
#if LIGHTS > 2
  addLamp(2, x, turned);
#endif
#if LIGHTS > 3
  addLamp(3, x, turned);
#endif
#if LIGHTS > 4
  addLamp(4, x, turned);
#endif
#if LIGHTS > 5
  addLamp(5, x, turned);
#endif
#if LIGHTS > 6
  addLamp(6, x, turned);
#endif
#if LIGHTS > 7
  addLamp(7, x, turned);
#endif
#if LIGHTS > 8
  addLamp(8, x, turned);
#endif
#if LIGHTS > 9
  addLamp(9, x, turned);
#endif
#if LIGHTS > 10
  addLamp(10, x, turned);
#endif
#if LIGHTS > 11
  addLamp(11, x, turned);
#endif
#ifdef TOON
  // Light falls in bands of one colour each; highlights are spots.
  float level = dot(diffuse, vec3(.2126, .7152, .0722));
  diffuse *= (.10 + .26 * smoothstep(.15, .18, level) + .44 * smoothstep(.50, .53, level) + .40 * smoothstep(1.10, 1.14, level)) / max(level, .004);
  gloss *= step(.5, max(gloss.r, max(gloss.g, gloss.b))) * .6;
#endif
  // Figures take less of the room's ambient, so that the rig models them as asked.
  vec3 ambient = mix(uAmbientLow, uAmbientTop, n.y * .5 + .5) * mix(1.0, .32, figure);
  float rim = 1.0 - max(dot(n, v), 0.0);
  rim *= rim;
#ifdef CLAY
  vec3 glow = vec3(min(M.y * 4.0, 1.5) * .35);
#else
  vec3 glow = albedo * M.y * 4.0;
#endif
  vec3 c = albedo * (1.0 - metal) * (diffuse * mix(1.0, ao, .55) + ambient * ao * ao) + gloss * mix(1.0, ao, .6)
         + ambient * rim * rim * .35 * ao * (1.0 - rough) + glow;
  c = mix(c, uFog.rgb, 1.0 - exp(-dist * uFogShape.w));
#ifdef CALIBRATE
  // A matt world and a grey card, in radiance: nothing of the camera, the air or the lamps' gloss.
  albedo = M.x * 255.0 > 254.5 ? vec3(.18) : albedo;
  c = albedo * (diffuse + ambient) + albedo * M.y * 4.0;
#endif
#ifdef SKY
#ifdef CLAY
  c = d >= 1.0 ? vec3(mix(.55, .30, clamp(-v.y * 1.6 + .15, 0.0, 1.0))) : c;
#else
  c = d >= 1.0 ? mix(skyAt(-v), uFog.rgb, clamp(uFogShape.z, 0.0, 1.0)) : c;
#endif
#endif
  o = vec4(clamp(c + shafts, 0.0, 40.0), circle(metres(d), uSize.y));
}
