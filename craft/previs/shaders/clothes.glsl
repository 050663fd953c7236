// Details of a garment painted in bind space: p in metres, y up, z front. DETAIL is the number in garments.py, a define so that only one garment is compiled in.
vec3 paintTop(vec3 p) {
  vec3 c = uPalette[2];
  float weave = .94 + .12 * valueNoise(p.xy * 220.0 + p.z * 170.0);
  float front = step(0.0, p.z);
  if (DETAIL == 1 || DETAIL == 2 || DETAIL == 7) {
    float y0 = DETAIL == 1 ? 1.12 : (DETAIL == 2 ? 1.18 : 1.34);
    float hw = (p.y - y0) * .27;
    if (front * step(y0, p.y) * step(p.y, 1.475) > .5) {
      float ax = abs(p.x), rise = .052 * clamp((p.y - y0) * 6.0, 0.0, 1.0);
      vec3 shirt = uPalette[3];
      float tie = DETAIL == 1 ? step(ax, .017 + .055 * clamp(1.43 - p.y, 0.0, .3)) : 0.0;
      shirt = mix(shirt, uPalette[4] * (.85 + .3 * step(.5, fract((p.x + p.y) * 34.0))), tie);
      if (DETAIL == 1) shirt = mix(shirt, uPalette[4] * .7, step(ax, .024) * step(1.415, p.y));
      c = mix(c, uPalette[2] * .80, step(ax, hw + rise));
      c *= 1.0 - .6 * smoothstep(.004, .001, abs(ax - hw - rise));
      c *= 1.0 - .5 * step(ax, hw + .09) * step(abs(p.y - 1.375 - .25 * (ax - hw)), .003);
      c = mix(c, shirt, smoothstep(.0015, -.0015, ax - hw));
      c *= 1.0 - .55 * smoothstep(.010, .0, abs(ax - hw)) * step(ax, hw);
    } else if (p.z > 0.0) {
      c *= 1.0 - .55 * smoothstep(.0035, .001, abs(p.x - .012));
      float b1 = length(p.xy - vec2(-.008, y0 - .035)), b2 = length(p.xy - vec2(-.008, y0 - .125));
      c = mix(c, DETAIL == 7 ? uPalette[4] : c * .35, smoothstep(.0105, .009, min(b1, b2)));
      c *= 1.0 - .45 * smoothstep(.004, .0015, abs(p.y - .985 - .05 * (abs(p.x) - .11))) * step(abs(abs(p.x) - .110), .048);
    }
    if (DETAIL == 2) c *= 1.0 - .42 * step(abs(p.y - 1.045), .022) * step(abs(p.x), .26);
    if (DETAIL == 7) c = mix(c, uPalette[4], step(1.405, p.y) * step(.10, abs(p.x)) * step(abs(p.x), .19));
  } else if (DETAIL == 3 && p.z > 0.0) {
    c *= 1.0 - .4 * smoothstep(.004, .001, abs(p.x));
    float pocket = max(abs(p.x) - .12 + .25 * (p.y - .95), abs(p.y - .97) - .07);
    c *= 1.0 - .35 * smoothstep(.004, .001, abs(pocket));
    c = mix(c, uPalette[3], smoothstep(.006, .004, abs(abs(p.x) - .035)) * step(1.26, p.y) * step(p.y, 1.41));
  } else if (DETAIL == 4 && p.z > 0.0) {
    c *= 1.0 - .35 * smoothstep(.003, .001, abs(abs(p.x) - .016));
    vec2 b = vec2(p.x, fract(p.y / .085) * .085 - .0425);
    c = mix(c, c * .55, smoothstep(.0085, .0070, length(b)));
    float pocket = max(abs(p.x - .085) - .042, abs(p.y - 1.27) - .045);
    c *= 1.0 - .3 * smoothstep(.004, .001, abs(pocket));
  } else if (DETAIL == 5) {
    c = mix(c, uPalette[4], step(abs(p.y - 1.055), .018));
    c *= .93 + .12 * smoothstep(.3, .7, sin(atan(p.x, p.z) * 18.0) * .5 + .5) * step(p.y, 1.0);
  } else if (DETAIL == 6 && p.z > 0.0) {
    c = mix(c, uPalette[3], smoothstep(.002, -.002, abs(p.x) - .030 - .30 * max(p.y - 1.20, 0.0)) * step(.90, p.y));
    c *= 1.0 - .5 * smoothstep(.005, .001, abs(abs(p.x) - .034 - .30 * max(p.y - 1.20, 0.0)));
  } else if (DETAIL == 8) {
    float band = fract(p.y / .105);
    c *= 1.0 - .55 * smoothstep(.08, .0, min(band, 1.0 - band)) * step(p.y, 1.36);
    c = mix(c, uPalette[4], step(abs(p.x), .035) * front * step(1.18, p.y) * step(p.y, 1.30));
  } else if (DETAIL == 9) {
    c *= .88 + .16 * (sin(atan(p.x, p.z) * 46.0) * .5 + .5);
    c = mix(c, uPalette[4], step(.45, fract(p.y * 14.0)) * step(1.17, p.y) * step(p.y, 1.31));
  } else if (DETAIL == 0 && p.z > 0.0) {
    float badge = length((p.xy - vec2(0.0, 1.25)) * vec2(1.0, 1.15));
    c = mix(c, uPalette[4], smoothstep(.062, .058, badge));
  }
  return c * weave;
}
