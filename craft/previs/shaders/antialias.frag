in vec2 uv;
out vec4 o;
uniform sampler2D uSource, uBurn;
uniform vec2 uSize;
uniform float uBurnShare;
float luma(vec3 c) { return dot(c, vec3(.299, .587, .114)); }
void main() {
  vec2 p = 1.0 / uSize;
  ivec2 at = ivec2(gl_FragCoord.xy), last = ivec2(uSize) - 1, q = max(at - 1, ivec2(0)), r = min(at + 1, last);
  vec3 m = texelFetch(uSource, at, 0).rgb;
  float lm = luma(m);
  float a = luma(texelFetch(uSource, q, 0).rgb), b = luma(texelFetch(uSource, ivec2(r.x, q.y), 0).rgb);
  float c = luma(texelFetch(uSource, ivec2(q.x, r.y), 0).rgb), d = luma(texelFetch(uSource, r, 0).rgb);
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
