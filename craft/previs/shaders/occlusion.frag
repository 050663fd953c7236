#include "view.glsl"
out vec4 o;
uniform float uFocal;
// The taps turn over a 2 x 2 block, which is what the lighting averages over: no pattern is left.
void main() {
  float d = texture(gDepth, uv).r;
  vec3 p = worldAt(uv, d);
  vec3 n = normalize(texture(gNormal, uv).xyz * 2.0 - 1.0);
  float dist = length(p - uEye);
  const float radius = .26;
  float reach = radius * uFocal / dist * .5, turn = float((int(gl_FragCoord.x) & 1) + 2 * (int(gl_FragCoord.y) & 1)) * 1.5708, occluded = 0.0;
  for (int i = 0; i < AO_TAPS; i++) {
    float fi = float(i), r = sqrt((fi + .5) / float(AO_TAPS)), a = turn + fi * 2.399963;
    vec2 u = uv + vec2(cos(a) * uSize.y / uSize.x, sin(a)) * reach * r;
    vec3 v = worldAt(u, texture(gDepth, u).r) - p;
    float l2 = dot(v, v);
    occluded += max(dot(v, n) - .012 - .002 * dist, 0.0) / (l2 + .004) * smoothstep(radius * radius * 2.5, 0.0, l2);
  }
  float ao = d >= 1.0 ? 1.0 : clamp(1.0 - occluded * (1.05 / float(AO_TAPS)), 0.0, 1.0);
  // Distance in two bytes: a byte texture is read many times faster by llvmpipe than half floats.
  float near = min(dist / 64.0, 1.0) * 255.0;
  o = vec4(ao, floor(near) / 255.0, fract(near), 1.0);
}
