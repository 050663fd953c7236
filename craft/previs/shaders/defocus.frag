#include "noise.glsl"
#include "lens.glsl"
in vec2 uv;
out vec4 o;
uniform sampler2D uSource; // alpha: circle of confusion
uniform vec2 uSize;
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy), last = ivec2(uSize) - 1;
  vec4 middle = texelFetch(uSource, at, 0);
  float c0 = abs(middle.a), turn = gradientNoise(gl_FragCoord.xy) * 6.2832;
  // What lies no more than 15 cm before this point may spread into it; the circle grows with distance.
  float z0 = uLens.w * uLens.z / max(uLens.w - middle.a * 720.0 / uSize.y, 1e-3), before = circle(max(z0 - .15, uLens.x), uSize.y);
  vec2 across = vec2(cos(turn), sin(turn)) * c0;
  vec3 sum = middle.rgb;
  float weight = 1.0, blurred = step(.6, c0);
  for (int i = 0; i < DEFOCUS_TAPS; i++) {
    float fi = float(i), ring = sqrt((fi + .5) / float(DEFOCUS_TAPS)), a = fi * 2.399963, r = ring * c0;
    vec2 t = vec2(cos(a), sin(a)) * ring;
    vec2 away = vec2(t.x * across.x - t.y * across.y, t.x * across.y + t.y * across.x);
    vec4 s = texelFetch(uSource, clamp(at + ivec2(floor(away + .5)), ivec2(0), last), 0);
    float c = abs(s.a), k = (s.a > before ? smoothstep(r - 1.5, r + .5, c) : step(r, c)) * blurred;
    sum += min(s.rgb, vec3(6)) * k;
    weight += k;
  }
  o = vec4(sum / weight, 1.0);
}
