in vec2 uv;
out vec4 o;
uniform sampler2D uSource;
uniform float uThreshold;
void main() {
  vec2 px = 1.0 / vec2(textureSize(uSource, 0));
  vec3 c = vec3(0);
  for (int i = 0; i < 4; i++) {
    vec3 s = min(texture(uSource, uv + (vec2(i & 1, i >> 1) * 2.0 - 1.0) * px).rgb, vec3(12));
    float l = max(s.r, max(s.g, s.b));
    c += s * (uThreshold > 0.0 ? max(l - uThreshold, 0.0) / max(l, 1e-3) : 1.0);
  }
  o = vec4(c * .25, 1.0);
}
