in vec2 uv;
out vec4 o;
uniform sampler2D uSource, uBurn;
uniform vec2 uSize;
uniform float uBurnShare;
float luma(vec3 c) { return dot(c, vec3(.299, .587, .114)); }
void main() {
  vec2 p = 1.0 / uSize;
  vec3 m = texture(uSource, uv).rgb;
  float lm = luma(m);
  float a = luma(texture(uSource, uv + vec2(-1, -1) * p).rgb), b = luma(texture(uSource, uv + vec2(1, -1) * p).rgb);
  float c = luma(texture(uSource, uv + vec2(-1, 1) * p).rgb), d = luma(texture(uSource, uv + vec2(1, 1) * p).rgb);
  float low = min(lm, min(min(a, b), min(c, d))), high = max(lm, max(max(a, b), max(c, d)));
  vec2 dir = vec2(-((a + b) - (c + d)), (a + c) - (b + d));
  float reduce = max((a + b + c + d) * .03125, .0078);
  dir = clamp(dir / (min(abs(dir.x), abs(dir.y)) + reduce), -8.0, 8.0) * p;
  vec3 near = .5 * (texture(uSource, uv + dir * (1.0 / 3.0 - .5)).rgb + texture(uSource, uv + dir * (2.0 / 3.0 - .5)).rgb);
  vec3 far = near * .5 + .25 * (texture(uSource, uv - dir * .5).rgb + texture(uSource, uv + dir * .5).rgb);
  float lf = luma(far);
  vec3 smoothed = lf < low || lf > high ? near : far;
  vec3 result = high - low < max(.03, high * .10) ? m : smoothed;
#ifdef BURN
  vec4 mark = texture(uBurn, vec2(uv.x, 1.0 - uv.y));
  result = mix(result, mark.rgb, mark.a * uBurnShare);
#endif
  o = vec4(result, 1.0);
}
