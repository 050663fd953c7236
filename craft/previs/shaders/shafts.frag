#include "view.glsl"
#include "lights.glsl"
out vec4 o;
void main() {
  vec3 p = worldAt(uv, min(texture(gDepth, uv).r, .9999)), ray = p - uEye;
  float far = min(length(ray), 14.0), jitter = gradientNoise(gl_FragCoord.xy);
  ray = normalize(ray);
  vec3 sum = vec3(0);
  const int STEPS = 16;
  float ds = far / float(STEPS);
#if VOLUMES > 0
  for (int i = 0; i < STEPS; i++) {
    vec3 q = uEye + ray * (float(i) + jitter) * ds;
    float density = uFog.w * exp(-max(q.y - uFogShape.x, 0.0) * uFogShape.y) * (.65 + .7 * valueNoise(q.xz * 1.1 + vec2(uTime * .12, q.y * 1.3)));
    for (int l = 0; l < VOLUMES; l++) {
      vec3 v = uLightPos[l].xyz - q;
      float r2 = dot(v, v);
      vec3 ld = v * inversesqrt(r2);
      float spot = smoothstep(uLightDir[l].w, uLightShape[l].x, dot(-ld, uLightDir[l].xyz)), lit = 1.0;
      vec4 h = uLightMatrix[l] * vec4(q, 1.0);
      vec3 s = h.xyz / h.w;
      if (all(greaterThan(s.xy, vec2(0))) && all(lessThan(s.xy, vec2(1))))
        lit = texture(uAtlas, vec3((vec2(l & 1, l >> 1) + s.xy) * .5, s.z * .5 + .5 - .0006));
      float phase = .06 + .06 * pow(1.0 / (1.25 - dot(ray, -ld)), 1.5);
      sum += uLightColour[l].rgb * spot * lit * uLightShape[l].w * density * phase / (1.0 + r2 * uLightShape[l].z) * ds;
    }
  }
#endif
  o = vec4(sum, 1.0);
}
