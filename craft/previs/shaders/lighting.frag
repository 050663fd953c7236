#include "view.glsl"
#include "lights.glsl"
out vec4 o;
uniform sampler2D uOcclusion, uShafts;
uniform vec3 uSkyTop, uSkyLow, uAmbientTop, uAmbientLow;

float specular(float nh, float nl, float nv, float rough) {
  float a = rough * rough, q = nh * nh * (a * a - 1.0) + 1.0, k = a * .5;
  return min(a * a / (3.1416 * q * q) / ((nl * (1.0 - k) + k) * (nv * (1.0 - k) + k)) * .25, 6.0) * nl;
}

float occlusionAt(float dist) {
#if AO_TAPS > 0
  vec2 px = 1.0 / vec2(textureSize(uOcclusion, 0));
  float sum = 0.0, weight = 0.0;
  for (int i = 0; i < 4; i++) {
    vec2 s = texture(uOcclusion, uv + (vec2(i & 1, i >> 1) * 1.6 - .8) * px).rg;
    float k = 1.0 / (.02 + abs(s.g - dist));
    sum += s.r * k;
    weight += k;
  }
  return sum / weight;
#else
  return 1.0;
#endif
}

void main() {
  float d = texture(gDepth, uv).r;
  vec3 p = worldAt(uv, min(d, .99999)), toEye = uEye - p;
  float dist = length(toEye);
  vec3 v = toEye / dist;
  vec3 shafts = vec3(0);
#if VOLUMES > 0
  vec2 vp = 1.1 / vec2(textureSize(uShafts, 0));
  for (int i = 0; i < 9; i++) shafts += texture(uShafts, uv + vec2(i % 3 - 1, i / 3 - 1) * vp).rgb * .1111;
#endif
  vec4 A = texture(gAlbedo, uv), M = texture(gMaterial, uv);
  vec3 n = normalize(texture(gNormal, uv).xyz * 2.0 - 1.0), albedo = A.rgb * A.rgb;
  float rough = max(A.a, .08), sss = M.z, metal = M.w, figure = step(39.5, M.x * 255.0);
  float ao = occlusionAt(dist), nv = max(dot(n, v), .05);
  vec3 f0 = mix(vec3(.04), albedo, metal), diffuse = vec3(0), gloss = vec3(0);
  float turn = gradientNoise(gl_FragCoord.xy) * 6.2832, cr = cos(turn), sr = sin(turn);
  for (int l = 0; l < LIGHTS; l++) {
    vec3 w = uLightPos[l].xyz - p;
    float r2 = max(dot(w, w), 1e-4);
    vec3 ld = w * inversesqrt(r2);
    float spot = smoothstep(uLightDir[l].w, uLightShape[l].x, dot(-ld, uLightDir[l].xyz)) * mix(uLightPos[l].w, 1.0, figure);
    float soft = uLightShape[l].y, ndl = dot(n, ld), wrap = .03 + .16 * soft + .07 * sss;
    float df = clamp((ndl + wrap) / (1.0 + wrap), 0.0, 1.0);
    df = mix(df * df, df, .75);
    float lit = 1.0;
#if SHADOWS > 0
    if (l < SHADOWS) {
      vec4 h = uLightMatrix[l < SHADOWS ? l : 0] * vec4(p + n * .022, 1.0);
      vec3 s = h.xyz / h.w;
      vec2 base = vec2(l & 1, l >> 1);
      float spread = (.0010 + .0080 * soft) * uLightSpread[l < SHADOWS ? l : 0], z = s.z * .5 + .5 - .00022 - .0005 * soft, sum = 0.0;
      for (int i = 0; i < TAPS; i++) {
        float fi = float(i), r = sqrt((fi + .5) / float(TAPS)) * spread, a = fi * 2.399963;
        vec2 t = vec2(cos(a), sin(a)) * r;
        t = vec2(t.x * cr - t.y * sr, t.x * sr + t.y * cr);
        sum += texture(uAtlas, vec3((base + clamp(s.xy + t, .002, .998)) * .5, z));
      }
      bool mapped = s.x > 0.0 && s.y > 0.0 && s.x < 1.0 && s.y < 1.0;
      lit = mapped ? sum / float(TAPS) : 1.0;
    }
#endif
    vec3 radiance = uLightColour[l].rgb * (spot * lit / (1.0 + r2 * uLightShape[l].z));
    vec3 bleed = mix(vec3(1), vec3(1.0, .55, .45), sss * .45 * (1.0 - df) * smoothstep(.0, .35, df));
    diffuse += radiance * df * bleed;
    vec3 hv = normalize(v + ld);
    float fres = 1.0 - max(dot(v, hv), 0.0), f2 = fres * fres;
    vec3 F = f0 + (1.0 - f0) * (f2 * f2 * fres);
    gloss += radiance * F * (specular(max(dot(n, hv), 0.0), max(ndl, 0.0), nv, clamp(rough + soft * .10, .06, 1.0)) * step(0.0, ndl));
  }
  // Figures take less of the room's ambient, so that the rig models them as asked.
  vec3 ambient = mix(uAmbientLow, uAmbientTop, n.y * .5 + .5) * mix(1.0, .45, figure);
  float rim = 1.0 - max(dot(n, v), 0.0);
  rim *= rim;
  vec3 c = albedo * (1.0 - metal) * (diffuse * mix(1.0, ao, .55) + ambient * ao * ao) + gloss * mix(1.0, ao, .6)
         + ambient * rim * rim * .35 * ao * (1.0 - rough) + albedo * M.y * 4.0;
  c = mix(c, uFog.rgb, 1.0 - exp(-dist * uFogShape.w));
  vec3 sky = mix(mix(uSkyLow, uSkyTop, clamp(-v.y * 1.6 + .15, 0.0, 1.0)), uFog.rgb, clamp(uFogShape.z, 0.0, 1.0));
  o = vec4(clamp((d >= 1.0 ? sky : c) + shafts, 0.0, 40.0), 1.0);
}
