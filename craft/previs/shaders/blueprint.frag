#include "view.glsl"
#include "lens.glsl"
#include "ink.glsl"
out vec4 o;
const vec3 PAPER = vec3(.055, .165, .40), LINE = vec3(.93, .97, 1.0);
float ruled(vec2 p, float every) {
  vec2 f = abs(fract(p / every + .5) - .5) * every;
  return 1.0 - step(.5, min(f.x, f.y));
}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  float d = texelFetch(gDepth, at, 0).r, unit = max(4.0, floor(uSize.y / 45.0)), near = max(1.0, uSize.y / 720.0);
  vec3 c = PAPER * (1.0 - .10 * hash2(gl_FragCoord.xy * .37));
  vec2 middle = floor(gl_FragCoord.xy - floor(uSize * .5));
  c = mix(c, LINE, .07 * ruled(middle, unit) + .10 * ruled(middle, unit * 5.0));
  // Bodies are washed a little lighter where they face the lens, so that they come off the paper.
  vec3 n = normalize(texelFetch(gNormal, at, 0).xyz * 2.0 - 1.0), v = normalize(uEye - worldAt(uv, min(d, .99999)));
  float figure = step(39.5, texelFetch(gMaterial, at, 0).r * 255.0), seen = step(d, .9999999);
  c = mix(c, LINE, seen * mix(.02, .13, figure) * max(dot(n, v), 0.0));
  float line = inkAt(at, int(near)), far = smoothstep(3.0, 22.0, metres(d));
  line = max(line * mix(.85, 1.0, figure), .55 * seamAt(at, int(near)));
  o = vec4(mix(c, LINE, line * mix(1.0, .45, far)), 1.0);
}
