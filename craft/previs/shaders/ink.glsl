// Lines where depth, normal or segment break. Needs view.glsl and lens.glsl.
// Depth as the hardware keeps it is straight over a plane, so its second difference only sees edges and creases.
float broken(float before, float here, float after) {
  return abs(before + after - 2.0 * here) / max(1.0 - here, .0004);
}
float inkAt(ivec2 at, int reach) {
  ivec2 last = ivec2(uSize) - 1;
  ivec2 l = max(at - ivec2(reach, 0), ivec2(0)), r = min(at + ivec2(reach, 0), last), b = max(at - ivec2(0, reach), ivec2(0)), t = min(at + ivec2(0, reach), last);
  float d = texelFetch(gDepth, at, 0).r;
  float step2 = max(broken(texelFetch(gDepth, l, 0).r, d, texelFetch(gDepth, r, 0).r), broken(texelFetch(gDepth, b, 0).r, d, texelFetch(gDepth, t, 0).r));
  vec3 n = texelFetch(gNormal, at, 0).xyz * 2.0 - 1.0;
  float bend = min(min(dot(n, texelFetch(gNormal, l, 0).xyz * 2.0 - 1.0), dot(n, texelFetch(gNormal, r, 0).xyz * 2.0 - 1.0)),
                   min(dot(n, texelFetch(gNormal, b, 0).xyz * 2.0 - 1.0), dot(n, texelFetch(gNormal, t, 0).xyz * 2.0 - 1.0)));
  float s = texelFetch(gMaterial, at, 0).r;
  vec4 around = vec4(texelFetch(gMaterial, l, 0).r, texelFetch(gMaterial, r, 0).r, texelFetch(gMaterial, b, 0).r, texelFetch(gMaterial, t, 0).r);
  float other = any(greaterThan(abs(around - s), vec4(.5 / 255.0))) ? 1.0 : 0.0;
  return max(other, max(smoothstep(.04, .10, step2), smoothstep(.62, .35, bend)));
}
// Where one cloth, hair or skin meets another on a figure.
float seamAt(ivec2 at, int reach) {
  ivec2 last = ivec2(uSize) - 1;
  vec3 a = texelFetch(gAlbedo, at, 0).rgb, x = texelFetch(gAlbedo, min(at + ivec2(reach, 0), last), 0).rgb, y = texelFetch(gAlbedo, min(at + ivec2(0, reach), last), 0).rgb;
  return step(39.5, texelFetch(gMaterial, at, 0).r * 255.0) * smoothstep(.22, .40, max(length(a - x), length(a - y)));
}
