in vec2 uv;
out vec4 o;
uniform sampler2D uSource, uSharp;
uniform float uSpread;
void main() {
  vec2 px = 1.0 / vec2(textureSize(uSource, 0));
  vec3 c = vec3(0);
  for (int i = 0; i < 4; i++) c += texture(uSource, uv + (vec2(i & 1, i >> 1) * 2.0 - 1.0) * px * .75).rgb * .25;
  o = vec4(texture(uSharp, uv).rgb + c * uSpread, 1.0);
}
