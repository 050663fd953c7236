// Painted face in head space (q, metres): blush, sockets, lips, teeth, lines of age, stubble.
uniform vec3 uEyes;                      // centre of the left eye
uniform vec4 uTraits;                    // lips, mouth width, lid opening, lid tilt: each -1 … 1
uniform vec4 uYears;                     // age 0 … 1, freckles 0 … 1, lowest point of the nose, its width

// A crease along a curve: d is the distance to it.
float crease(float d, float width) { float k = d / width; return exp(-k * k); }

float linesOfAge(vec3 q, float smile) {
  float ax = abs(q.x), old = uYears.x, sum = 0.0;
  float t = clamp((-.0285 - q.y) / .040, 0.0, 1.0), fold = ax - (.0175 + .0185 * pow(t, .75));
  sum += (.22 + .95 * old + .55 * max(smile, 0.0)) * crease(fold, .0022) * smoothstep(-.0265, -.034, q.y) * smoothstep(-.072, -.058, q.y);
  float wave = .0016 * sin(q.x * 130.0);
  float brow = crease(q.y + wave - .0535, .0014) + crease(q.y - wave * .8 - .0620, .0014) + .7 * crease(q.y + wave * .6 - .0695, .0013);
  sum += 1.05 * max(old - .16, 0.0) * brow * smoothstep(.047, .030, ax);
  sum += .9 * max(old - .22, 0.0) * crease(ax - .0075, .0013) * smoothstep(.026, .031, q.y) * smoothstep(.048, .040, q.y);
  vec2 e = vec2(ax - uEyes.x, q.y - uEyes.y);
  float foot = atan(e.y, e.x), reach = length(e);
  sum += (1.1 * old + .35 * max(smile, 0.0) * (.3 + old)) * pow(max(-cos(foot * 9.0), 0.0), 5.0) * smoothstep(.0235, .027, reach) * smoothstep(.036, .030, reach) * smoothstep(.040, .052, q.z) * step(0.0, e.x) * smoothstep(.85, .50, abs(foot));
  float bag = length(e * vec2(.80, 1.0)) - .0192;
  sum += (.10 + .8 * old) * crease(bag, .0020) * smoothstep(-.004, -.012, e.y) * smoothstep(-.022, -.004, e.x + .012);
  float drop = ax - (.0315 + .25 * max(-.066 - q.y, 0.0));
  sum += .75 * max(old - .3, 0.0) * crease(drop, .0020) * smoothstep(-.062, -.070, q.y) * smoothstep(-.100, -.088, q.y);
  return sum * smoothstep(.020, .045, q.z);
}

void paintLips(vec3 q, inout vec3 c, inout float rough, inout float sss, inout float h) {
  vec2 m = q.xy - vec2(0, -.0568);
  float old = uYears.x, w = uMouth.x * .0245 * (1.0 + .10 * uTraits.y), open = uMouth.y * .030;
  float x = clamp(abs(m.x) / w, 0.0, 1.2);
  float arch = max(1.0 - x * x, 0.0);
  float corner = uMouth.w * .0100 * x * x;
  float cupid = -.0014 * exp(-m.x * m.x * 90000.0) + .0009 * exp(-pow((abs(m.x) - .006) / .005, 2.0));
  float bow = mix(arch, sqrt(arch), uMouth.z);
  float top = open * .36 * bow + corner, bottom = -open * .64 * sqrt(arch) + corner;
  float full = (.84 + .24 * uSoft + .24 * uTraits.x - .34 * old) * (1.0 + .35 * uMouth.z);
  float upperLip = (.0054 + cupid) * pow(arch, .65) * full, lowerLip = .0074 * pow(arch, .60) * full;
  const float aa = .0009;
  float lip = smoothstep(-aa, aa * 1.6, top + upperLip - m.y) * smoothstep(-aa * 2.0, aa * 2.0, m.y - (bottom - lowerLip)) * step(x, 1.0);
  float parted = step(.04, uMouth.y);
  float inside = smoothstep(-aa, aa, top - m.y) * smoothstep(-aa, aa, m.y - bottom) * step(x, 1.0) * parted;
  float line = (1.0 - smoothstep(.0005, .0016, abs(m.y - mix(top, bottom, .5)))) * smoothstep(1.10, .92, x) * (1.0 - parted);
  float grain = valueNoise(vec2(q.x * 900.0, q.y * 160.0));
  c = mix(c, uPalette[8] * (.88 + .20 * grain), lip * (.60 + .34 * uSoft));
  c *= 1.0 - .16 * smoothstep(.004, .0, abs(m.y - bottom + lowerLip + .0035)) * arch;
  c = mix(c, uPalette[8] * .16, line * .92);
  float lower = clamp((bottom - m.y) / max(lowerLip, 1e-4), 0.0, 1.0), upper = clamp((m.y - top) / max(upperLip, 1e-4), 0.0, 1.0);
  h += lip * (.0016 * sqrt(max(lower * (1.0 - lower), 0.0)) * step(m.y, bottom) + .0010 * sqrt(max(upper * (1.0 - upper), 0.0)) * step(top, m.y)) - line * .0010;
  vec3 dark = vec3(.024, .005, .007);
  float teeth = smoothstep(-aa, aa, m.y - (top - min(.0058, open * .30))) * step(x, .88) * smoothstep(.10, .24, uMouth.y) * (1.0 - .6 * uMouth.z);
  dark = mix(dark, vec3(.54, .51, .45), teeth * (.55 + .45 * arch));
  float tongue = smoothstep(aa, -aa, m.y - (bottom + open * .30 * (1.0 - x * x))) * step(.25, uMouth.y);
  dark = mix(dark, vec3(.32, .08, .08), tongue * (1.0 - teeth));
  c = mix(c, dark, inside);
  rough = mix(rough, .32, lip);
  sss *= 1.0 - inside;
}

// h: height of fine relief over the mesh, metres.
void paintFace(vec3 q, inout vec3 c, inout float rough, inout float sss, inout float h) {
  c = uPalette[0];
  float old = uYears.x, ax = abs(q.x), near = smoothstep(.0022, .0006, length(fwidth(q)));
  float mottle = valueNoise(q.xy * 70.0 + q.z * 50.0), fine = valueNoise(q.xy * 420.0 + q.z * 300.0);
  c *= mix(vec3(1.0), vec3(1.05, .93, .90), (mottle - .35) * (.5 + .8 * old));
  vec2 k = (vec2(ax, q.y) - vec2(.043, -.030)) / vec2(.022, .018);
  c = mix(c, c * vec3(1.10, .74, .70), (.26 + .20 * uSoft) * exp(-dot(k, k)) * smoothstep(.03, .06, q.z));
  vec3 tip = q - vec3(0, uYears.z + .003, .106);
  c = mix(c, c * vec3(1.06, .78, .74), .32 * exp(-dot(tip, tip) * 3800.0));
  float ear = smoothstep(.072, .080, ax);
  c = mix(c, c * vec3(1.06, .80, .76), .45 * ear);
  c *= 1.0 - .28 * ear * smoothstep(.012, .004, length(q.yz - vec2(-.009, -.001)));
  float socket = smoothstep(.031, .013, length((vec2(ax, q.y) - uEyes.xy) * vec2(.95, 1.2))) * smoothstep(.04, .065, q.z);
  c *= mix(vec3(1.0), vec3(.86, .78, .77) - .10 * uSoft, socket * (.75 + .35 * old));
  float spots = smoothstep(.70, .80, valueNoise(q.xy * 230.0 + 7.0)) * smoothstep(.3, .8, valueNoise(q.xy * 60.0));
  c *= 1.0 - vec3(.10, .22, .30) * spots * max(uYears.y * smoothstep(.05, .0, abs(q.y + .012)) * smoothstep(.06, .02, ax), .8 * max(old - .45, 0.0));
  float nostril = length(vec2(ax - .0082 * uYears.w, (q.y - uYears.z + .0022) * 1.5)) / (.0038 * uYears.w);
  c *= 1.0 - .72 * smoothstep(1.15, .55, nostril) * smoothstep(.082, .088, q.z);
  float wing = length((vec2(ax, q.y) - vec2(.0135 * uYears.w, uYears.z + .001))) - .0080;
  c *= 1.0 - .20 * crease(wing, .0018) * step(.013 * uYears.w, ax) * smoothstep(.07, .085, q.z);
  float lines = q.z > .02 ? linesOfAge(q, uMouth.w) : 0.0;
  c *= 1.0 - min(.34, .22 * lines) * vec3(.8, 1.0, 1.0);
  h += -.0010 * lines + .00014 * (fine - .5) * (1.0 + old) * near;
  vec2 philtrum = vec2(q.x / .0030, (q.y + .0415) / .0065);
  c *= 1.0 - .10 * exp(-dot(philtrum, philtrum)) * smoothstep(.07, .085, q.z);
  if (q.z > .03) paintLips(q, c, rough, sss, h);
  float hairs = valueNoise(vec2(q.x * 950.0 + q.z * 700.0, q.y * 420.0)), beard = vColour.r * (1.0 - step(.04, uMouth.y) * smoothstep(.022, .016, length((q.xy + vec2(0, .062)) * vec2(.7, 1.0))));
  float cover = smoothstep(.50, 1.0, beard + .75 * (hairs - .5)) * .85 + beard * .35;
  c = mix(c, uPalette[1] * (.55 + .35 * hairs), min(cover, .92));
  rough = mix(rough, .72, beard);
  float scalp = vColour.g * smoothstep(.1, .9, vColour.g + .6 * (hairs - .5));
  c = mix(c, uPalette[1] * .6, scalp * .85);
  sss *= 1.0 - .8 * max(beard, scalp);
}

// Eyeball: iris, pupil, two catch lights that never go out, lids with lashes. d: direction from the eye's
// centre, outer +1 for the left eye.
void paintEye(vec3 d, float outer, inout vec3 c, inout float rough, inout float sss, inout float glow) {
  float a = acos(clamp(dot(d, uGaze), -1.0, 1.0));
  float sx = d.x * outer, y = d.y - (.05 + .05 * uTraits.w) * sx, m = max(1.0 - (sx - .02) * (sx - .02) / .765, 0.0);
  float high = (.385 + .045 * uTraits.z + .05 * uSoft) * pow(m, .62), low = -(.345 + .03 * uSoft) * pow(m, .85) + .20 * uLids.y * m;
  float hooded = uLids.x - .10 * uYears.x;
  float lid = mix(low, high + .14 * uGaze.y * m, hooded);
  c = mix(vec3(.62, .60, .57), vec3(.42, .33, .30), smoothstep(.55, 1.10, a));
  c = mix(c, vec3(.46, .20, .17), smoothstep(-.62, -.78, sx));
  float iris = smoothstep(.535, .495, a);
  float spokes = valueNoise(vec2(atan(d.y - uGaze.y, d.x - uGaze.x) * 9.0, a * 7.0));
  vec3 tone = uPalette[7] * (.50 + .90 * smoothstep(.18, .46, a)) * (.72 + .5 * spokes);
  tone *= 1.0 - .80 * smoothstep(.42, .52, a);
  c = mix(c, tone, iris);
  c = mix(c, vec3(.005), smoothstep(.235, .205, a));
  c *= 1.0 - .52 * smoothstep(lid - .30, lid, y);
  c *= 1.0 - .22 * smoothstep(low + .12, low, y);
  float upper = smoothstep(lid - .025, lid + .025, y), lower = smoothstep(low + .03, low - .03, y);
  float cover = max(max(upper, lower), 1.0 - smoothstep(.0, .03, m));
  float spark = smoothstep(.150, .105, acos(clamp(dot(d, normalize(uGaze + vec3(.19, .24, 0.0))), -1.0, 1.0)));
  spark += .35 * smoothstep(.10, .05, acos(clamp(dot(d, normalize(uGaze + vec3(-.20, -.20, 0.0))), -1.0, 1.0)));
  float seen = iris * (1.0 - cover);
  c = mix(c, vec3(.92), min(spark, 1.0) * .88 * seen);
  glow = max(glow, spark * .035 * seen);
  vec3 skin = uPalette[0] * vec3(.90, .82, .80);
  skin *= 1.0 - (.30 + .10 * uYears.x) * smoothstep(.05, .0, abs(y - lid - .13 - .03 * uSoft)) * smoothstep(.75, .5, abs(sx));
  c = mix(c, mix(skin, uPalette[0] * vec3(.93, .84, .81), lower), cover);
  float thick = .045 + .060 * uSoft + .03 * smoothstep(.2, .8, sx) * uSoft;
  float lash = smoothstep(thick, thick * .25, abs(y - lid - thick * .35)) * smoothstep(.02, .12, m) * step(0.0, d.z);
  float under = smoothstep(.035, .01, abs(y - low + .005)) * (.25 + .25 * uSoft) * smoothstep(.02, .12, m);
  c = mix(c, uPalette[1] * .12, max(lash * .92, under));
  rough = mix(.12, .55, cover);
  sss = mix(.5, 1.0, cover);
}
