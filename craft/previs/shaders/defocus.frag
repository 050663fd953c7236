#include "noise.glsl"
in vec2 uv;
out vec4 o;
uniform sampler2D uSource, gDepth;
uniform vec4 uLens; // near, far, focus distance, blur strength
uniform vec2 uSize;
float metres(float d) { float z = d * 2.0 - 1.0; return 2.0 * uLens.x * uLens.y / (uLens.y + uLens.x - z * (uLens.y - uLens.x)); }
float circle(float z) { return clamp((z - uLens.z) / z * uLens.w, -12.0, 12.0) * uSize.y / 720.0; }
void main() {
  float z0 = metres(texture(gDepth, uv).r), c0 = abs(circle(z0));
  vec3 sum = texture(uSource, uv).rgb;
  float weight = 1.0, turn = gradientNoise(gl_FragCoord.xy) * 6.2832;
  for (int i = 0; i < DEFOCUS_TAPS; i++) {
    float fi = float(i), r = sqrt((fi + .5) / float(DEFOCUS_TAPS)) * c0, a = turn + fi * 2.399963;
    vec2 u = uv + vec2(cos(a), sin(a)) * r / uSize;
    float z = metres(texture(gDepth, u).r), c = abs(circle(z));
    float k = z > z0 - .15 ? smoothstep(r - 1.5, r + .5, c) : step(r, c);
    k *= step(.6, c0);
    sum += min(texture(uSource, u).rgb, vec3(6)) * k;
    weight += k;
  }
  o = vec4(sum / weight, 1.0);
}
