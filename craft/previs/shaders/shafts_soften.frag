in vec2 uv;
out vec4 o;
uniform sampler2D uSource;
// The jittered steps of the shafts, averaged here at quarter size instead of nine times for every pixel of the frame.
void main() {
  vec2 px = 1.1 / vec2(textureSize(uSource, 0));
  vec3 sum = vec3(0);
  for (int i = 0; i < 9; i++) sum += texture(uSource, uv + vec2(i % 3 - 1, i / 3 - 1) * px).rgb * .1111;
  o = vec4(sum, 1.0);
}
