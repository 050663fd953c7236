// Details of a garment painted in bind space: p in metres, y up, z front. DETAIL is the number in
// garments.py plus 16 for each step of the pattern, a define so that only one garment is compiled in.
#define CUT (DETAIL % 16)
#define PATTERN (DETAIL / 16)

// Where a point lies on the cloth: x round the body or the arm, y down it (metres). arm: share of sleeve.
vec2 clothAt(vec3 p, float arm) {
  vec2 torso = vec2(atan(p.x, p.z + .02) * .165, p.y);
  vec2 axis = normalize(vec2(sign(p.x) * .52, -.85)), rel = p.xy - vec2(sign(p.x) * .19, 1.375);
  float down = dot(rel, axis), out_ = dot(rel, vec2(-axis.y * sign(p.x), axis.x * sign(p.x)));
  vec2 sleeve = vec2(atan(out_, p.z + .012) * .052, -down);
  return arm > .5 ? sleeve : torso;
}

vec3 patterned(vec3 p, vec3 c, float arm) {
#if PATTERN == 0
  return c;
#else
  vec2 s = clothAt(p, arm);
  vec3 other = uPalette[12];
  float px = length(fwidth(vLocal));
#if PATTERN == 1
  float t = abs(fract(s.y / .062) - .5) * .062 - .0155;
  return mix(c, other, smoothstep(px, -px, t));
#elif PATTERN == 2
  float t = abs(fract(s.x / .0235) - .5) * .0235, w = .0012;
  return mix(c, other, .85 * smoothstep(w + px, w, t) * clamp(w * 2.2 / max(px, w), .25, 1.0));
#elif PATTERN == 3
  vec2 f = abs(fract(s / .052) - .5) * .052 - .013;
  vec2 k = smoothstep(vec2(px), vec2(-px), f);
  vec2 thin = smoothstep(vec2(.0016 + px), vec2(.0012), abs(fract(s / .052 + .25) - .5) * .052);
  c = mix(c, other, .5 * k.x);
  c = mix(c, other, .5 * k.y);
  return mix(c, other * 1.25, .45 * max(thin.x, thin.y));
#elif PATTERN == 4
  vec2 g = s / .042;
  g.x += .5 * mod(floor(g.y), 2.0);
  float t = length(fract(g) - .5) * .042 - .0088;
  return mix(c, other, smoothstep(px, -px, t));
#else
  vec2 g = s * 13.0 + p.z * 4.0;
  float a = valueNoise(g) * .65 + valueNoise(g * 2.3 + 5.0) * .35, b = valueNoise(g * 1.1 + 31.0) * .65 + valueNoise(g * 2.6 + 17.0) * .35;
  c = mix(c, other, smoothstep(.50, .53, a));
  c = mix(c, other * .38, smoothstep(.57, .60, b));
  return mix(c, mix(uPalette[2], other, .5) * 1.5, smoothstep(.63, .66, valueNoise(g * 1.4 + 63.0)));
#endif
#endif
}

// h: height of seams, lapels and knit over the mesh, metres.
vec3 paintTop(vec3 p, float arm, inout float h) {
  vec3 base = patterned(p, uPalette[2], arm), c = base;
  float weave = .93 + .14 * valueNoise(p.xy * 260.0 + p.z * 210.0), ax = abs(p.x), on = step(0.0, p.z) * (1.0 - step(.5, arm));
#if CUT == 1 || CUT == 2
  {
    float y0 = CUT == 1 ? 1.125 : 1.19;
    float hw = (p.y - y0) * .25 * step(y0, p.y), rise = .050 * clamp((p.y - y0) * 6.0, 0.0, 1.0) * smoothstep(1.475, 1.40, p.y);
    float chest = on * step(y0, p.y) * step(p.y, 1.47);
    vec3 shirt = CUT == 1 ? uPalette[3] : uPalette[3];
    shirt *= 1.0 - .30 * smoothstep(.0025, .0008, abs(ax - .013)) * step(1.2, p.y);
    float knot = step(ax, .0165 - .10 * (1.425 - p.y)) * step(1.395, p.y) * step(p.y, 1.435), blade = step(ax, .0125 + .045 * clamp(1.40 - p.y, 0.0, .3)) * step(p.y, 1.398);
    if (CUT == 1) {
      shirt = mix(shirt, uPalette[4] * (.86 + .26 * step(.5, fract((p.x * 1.2 + p.y) * 30.0))), blade);
      shirt = mix(shirt, uPalette[4] * .74, knot);
      h += chest * .003 * max(blade, knot) * step(ax, hw);
    }
    float lapel = chest * step(ax, hw + rise) * step(hw, ax), notch = step(abs(p.y - 1.378 - .30 * (ax - hw)), .0035) * step(.35 * rise, ax - hw);
    c = mix(c, base * .90, lapel);
    c *= 1.0 - .62 * chest * max(smoothstep(.0045, .001, abs(ax - hw - rise)) * step(y0 + .02, p.y), notch * lapel);
    h += .0035 * lapel * (1.0 - notch);
    c = mix(c, shirt, chest * smoothstep(.0012, -.0012, ax - hw));
    c *= 1.0 - .6 * chest * smoothstep(.014, .0, hw - ax) * step(ax, hw);
    h -= .004 * chest * step(ax, hw);
    float below = on * step(p.y, y0 + .012);
    c *= 1.0 - .55 * below * smoothstep(.0035, .001, abs(p.x - .012 - .10 * max(y0 - .22 - p.y, 0.0)));
    float b1 = length(p.xy - vec2(-.004, y0 - .030)), b2 = length(p.xy - vec2(-.004, y0 - .125));
    float knob = smoothstep(.0105, .0085, min(b1, b2)) * on;
    c = mix(c, base * .35, knob);
    h += .002 * knob;
    float flap = abs(p.y - .965 - .05 * (ax - .11)) - .002;
    c *= 1.0 - .45 * on * smoothstep(.003, .0, flap) * step(abs(ax - .112), .046);
    c *= 1.0 - .35 * on * smoothstep(.0025, .001, abs(p.y - 1.30)) * step(abs(p.x - .088), .040) * step(hw + rise, ax);
#if CUT == 2
    float belt = smoothstep(.024, .021, abs(p.y - 1.045)) * (1.0 - arm);
    c = mix(c, base * .62, belt);
    h += .004 * belt;
    float buckle = max(abs(p.x - .01) - .020, abs(p.y - 1.045) - .017);
    c = mix(c, vec3(.20, .17, .13), on * smoothstep(.003, .0, abs(buckle)));
#endif
  }
#elif CUT == 3
  c *= 1.0 - .42 * on * smoothstep(.0035, .001, ax);
  float pocket = max(ax - .125 + .34 * max(p.y - .955, 0.0), abs(p.y - .960) - .078);
  c *= 1.0 - .40 * on * smoothstep(.0035, .001, abs(pocket));
  h += .003 * on * smoothstep(.001, -.004, pocket);
  float ribs = sin(atan(p.x, p.z) * 60.0) * .5 + .5, hem = smoothstep(.895, .885, p.y);
  c *= 1.0 - .22 * hem * ribs - .35 * smoothstep(.003, .001, abs(p.y - .892)) * (1.0 - arm);
#elif CUT == 4
  float placket = on * step(ax, .017);
  c *= 1.0 - .35 * on * smoothstep(.0025, .0008, abs(ax - .017));
  h += .0018 * placket;
  vec2 b = vec2(p.x, fract(p.y / .082) * .082 - .041);
  float knob = on * smoothstep(.0072, .0058, length(b)) * step(p.y, 1.42);
  c = mix(c, mix(uPalette[3], base, .35), knob);
  c *= 1.0 - .5 * on * smoothstep(.0018, .0, abs(length(b) - .0072)) * step(p.y, 1.42);
  float pocket = max(abs(p.x - .086) - .043, abs(p.y - 1.262) - .048);
  c *= 1.0 - .36 * on * max(smoothstep(.003, .001, abs(pocket)), smoothstep(.0025, .001, abs(p.y - 1.292)) * step(pocket, 0.0));
  h += .0012 * on * smoothstep(.001, -.003, pocket);
#elif CUT == 5
  float sash = smoothstep(.021, .018, abs(p.y - 1.060)) * (1.0 - arm);
  c = mix(c, uPalette[4], sash);
  h += .003 * sash;
  c *= .88 + .15 * smoothstep(.2, .8, sin(atan(p.x, p.z) * 18.0) * .5 + .5) * step(p.y, 1.02) + .09 * step(1.02, p.y);
  c *= 1.0 - .3 * smoothstep(.003, .001, abs(p.y - .515)) * (1.0 - arm);
#elif CUT == 6
  float hw = .028 + .26 * max(p.y - 1.17, 0.0), edge = ax - hw, open_ = on * step(.925, p.y);
  c = mix(c, uPalette[3], open_ * smoothstep(.0015, -.0015, edge));
  c *= 1.0 - .65 * open_ * smoothstep(.012, .0, -edge) * step(edge, 0.0);
  float zip = open_ * smoothstep(.0032, .0022, abs(edge - .004));
  c = mix(c, vec3(.34, .33, .31) * (.5 + .5 * step(.5, fract(p.y * 150.0))), zip);
  h += .004 * open_ * step(0.0, edge) * smoothstep(.03, .0, edge);
  float ribs = sin(atan(p.x, p.z) * 70.0) * .5 + .5, hem = smoothstep(.945, .938, p.y) * (1.0 - arm);
  c *= 1.0 - hem * (.25 + .25 * ribs);
  float pocket = abs((ax - .115) * .86 + (p.y - 1.03) * .5);
  c *= 1.0 - .5 * on * smoothstep(.004, .001, pocket) * step(abs(p.y - 1.03), .055) * step(.09, ax);
  c *= 1.0 - .3 * on * smoothstep(.0025, .001, abs(p.y - 1.335 + .10 * ax)) * step(hw + .01, ax);
#elif CUT == 7
  float y0 = 1.435;
  c *= 1.0 - .55 * on * smoothstep(.003, .001, abs(p.x - .004)) * step(p.y, y0);
  vec2 b = vec2(p.x + .010, fract(p.y / .095) * .095 - .0475);
  float knob = on * smoothstep(.0105, .0085, length(b)) * step(p.y, 1.41) * step(1.06, p.y);
  c = mix(c, uPalette[4], knob);
  h += .003 * knob;
  float pocket = max(abs(ax - .086) - .044, abs(p.y - 1.275) - .045), flap = max(abs(ax - .086) - .046, abs(p.y - 1.302 - .20 * (abs(ax - .086) - .02)) - .018);
  c *= 1.0 - .38 * on * max(smoothstep(.003, .001, abs(pocket)), smoothstep(.003, .001, abs(flap)));
  h += on * (.0016 * smoothstep(.001, -.003, pocket) + .0016 * smoothstep(.001, -.003, flap));
  c = mix(c, uPalette[4], on * smoothstep(.0065, .005, length(vec2(ax - .086, p.y - 1.295))));
  float belt = smoothstep(.025, .022, abs(p.y - 1.035)) * (1.0 - arm);
  c = mix(c, uPalette[6], belt);
  h += .004 * belt;
  c = mix(c, vec3(.55, .42, .16), on * step(max(ax - .026, abs(p.y - 1.035) - .019), 0.0) * step(0.0, max(ax - .018, abs(p.y - 1.035) - .011)));
#elif CUT == 8
  float band = fract(p.y / .085), lame = step(p.y, 1.155) + step(.5, arm);
  float rim = min(band, 1.0 - band);
  c *= 1.0 - .62 * smoothstep(.10, .0, rim) * min(lame, 1.0);
  h += .003 * band * min(lame, 1.0);
  float breast = on * step(1.155, p.y);
  c *= 1.0 - .55 * breast * smoothstep(.0035, .001, abs(ax - .105 - .05 * sin((p.y - 1.155) * 9.0)));
  h += .004 * breast * smoothstep(.006, .0, ax);
  c = mix(c, uPalette[4], breast * step(abs(length((p.xy - vec2(0, 1.275)) * vec2(1.25, 1.0)) - .042), .006));
  c = mix(c, uPalette[4], breast * step(length((p.xy - vec2(0, 1.275)) * vec2(1.25, 1.0)), .018));
  c *= .82 + .36 * valueNoise(p.xy * 26.0 + p.z * 20.0);
  float belt = smoothstep(.022, .019, abs(p.y - 1.02)) * (1.0 - arm);
  c = mix(c, uPalette[6] * .8, belt);
#elif CUT == 9
  float turn = arm > .5 ? p.z * 6.0 + p.x * 3.0 : atan(p.x, p.z);
  float knit = sin(turn * 58.0) * .5 + .5, stitch = sin(p.y * 420.0 + knit * 2.0) * .5 + .5;
  c *= .84 + .14 * knit + .08 * stitch;
  h += .0012 * knit;
  float yoke = (1.0 - arm) * step(1.195, p.y) * step(p.y, 1.300);
  float zig = abs(fract(turn * 3.8) - .5) * .05;
  c = mix(c, uPalette[4], yoke * max(step(abs(p.y - 1.2475 + zig - .0125), .010), step(abs(abs(p.y - 1.2475) - .046), .006)));
  c *= 1.0 - .25 * smoothstep(.895, .885, p.y) * step(.5, fract(turn * 14.0)) * (1.0 - arm);
#elif CUT == 10
  float v = ax - .36 * (p.y - 1.345);
  c = mix(c, base * .72, on * smoothstep(.013, .011, abs(v - .004)) * step(1.335, p.y));
  c = mix(c, uPalette[0], on * smoothstep(-.006, -.009, v) * step(1.345, p.y));
  float pocket = max(abs(p.x - .080) - .042, abs(p.y - 1.245) - .050), low = max(abs(ax - .105) - .055, abs(p.y - .925) - .062);
  c *= 1.0 - .35 * on * max(smoothstep(.003, .001, abs(pocket)), smoothstep(.003, .001, abs(low)));
  h += .0014 * on * max(smoothstep(.001, -.003, pocket), smoothstep(.001, -.003, low));
  c = mix(c, uPalette[4], on * step(max(abs(p.x - .080) - .018, abs(p.y - 1.268) - .012), 0.0));
#elif CUT == 11
  c *= .86 + .16 * valueNoise(vec2(atan(p.x, p.z) * 26.0, p.y * 3.0));
  float edge = step(p.y, .372);
  c = mix(c, uPalette[4], edge * .85);
  float clasp = length((p.xy - vec2(0, 1.392)) * vec2(1.0, 1.1));
  c = mix(c, uPalette[4], on * smoothstep(.023, .021, clasp));
  h += .004 * on * smoothstep(.023, .014, clasp);
#else
  float badge = length((p.xy - vec2(0.0, 1.255)) * vec2(1.0, 1.15));
  c = mix(c, uPalette[4], PATTERN == 0 ? on * smoothstep(.056, .053, badge) * (1.0 - smoothstep(.030, .027, badge) * step(.5, fract(p.y * 40.0))) : 0.0);
  c *= 1.0 - .25 * smoothstep(.0025, .001, abs(p.y - .882)) * (1.0 - arm);
#endif
  return c * weave;
}
