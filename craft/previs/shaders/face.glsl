// Painted face in head space (q): blush, sockets, lips, teeth, tongue.
void paintFace(vec3 q, inout vec3 c, inout float rough, inout float sss) {
  c = uPalette[0];
  vec2 k = (abs(q.xy) - vec2(.044, -.036)) / vec2(.022, .017);
  float cheek = exp(-dot(k, k)) * smoothstep(.03, .06, q.z);
  c = mix(c, c * vec3(1.08, .72, .68), .42 * cheek);
  vec3 tip = q - vec3(0, -.022, .112);
  c = mix(c, c * vec3(1.04, .78, .74), .30 * exp(-dot(tip, tip) * 3500.0));
  float socket = smoothstep(.029, .014, length((abs(q.xy) - vec2(EYE_X, EYE_Y)) * vec2(1, 1.15))) * smoothstep(.05, .08, q.z);
  c *= 1.0 - (.13 + .12 * uSoft) * socket;
  if (q.z < .03) return;
  vec2 m = q.xy - vec2(0, -.0565);
  float w = uMouth.x * .0265, open = uMouth.y * .031;
  float x = clamp(abs(m.x) / w, 0.0, 1.2);
  float arch = max(1.0 - x * x, 0.0);
  float corner = uMouth.w * .0115 * x * x;
  float cupid = -.0016 * exp(-m.x * m.x * 90000.0) + .0010 * exp(-pow((abs(m.x) - .006) / .005, 2.0));
  float bow = mix(arch, sqrt(arch), uMouth.z);
  float top = open * .36 * bow + corner, bottom = -open * .64 * sqrt(arch) + corner;
  float full = (.80 + .30 * uSoft) * (1.0 + .35 * uMouth.z);
  float upperLip = (.0056 + cupid) * pow(arch, .6) * full, lowerLip = .0070 * pow(arch, .55) * full;
  const float aa = .0011;
  float lip = smoothstep(-aa, aa, top + upperLip - m.y) * smoothstep(-aa, aa, m.y - (bottom - lowerLip)) * step(x, 1.0);
  float parted = step(.04, uMouth.y);
  float inside = smoothstep(-aa, aa, top - m.y) * smoothstep(-aa, aa, m.y - bottom) * step(x, 1.0) * parted;
  float line = (1.0 - smoothstep(.0006, .0020, abs(m.y - mix(top, bottom, .5)))) * step(x, 1.06) * (1.0 - parted);
  c = mix(c, uPalette[8], lip * (.55 + .35 * uSoft));
  c = mix(c, uPalette[8] * .22, line * .9);
  vec3 dark = vec3(.030, .006, .008);
  float teeth = smoothstep(-aa, aa, m.y - (top - min(.0058, open * .30))) * step(x, .88) * smoothstep(.10, .24, uMouth.y) * (1.0 - .6 * uMouth.z);
  dark = mix(dark, vec3(.56, .53, .47), teeth);
  float tongue = smoothstep(aa, -aa, m.y - (bottom + open * .30 * (1.0 - x * x))) * step(.25, uMouth.y);
  dark = mix(dark, vec3(.34, .08, .08), tongue * (1.0 - teeth));
  c = mix(c, dark, inside);
  rough = mix(rough, .30, lip);
  sss *= 1.0 - inside;
  float crease = exp(-pow((length(m * vec2(1.0, 1.1)) - .031) / .0022, 2.0)) * smoothstep(.012, .024, abs(m.x)) * max(uMouth.w, 0.0);
  c *= 1.0 - .16 * crease;
}

// Eyeball: iris, pupil, two catch lights that never go out, lids with a lash line. d: direction from the eye's centre.
void paintEye(vec3 d, inout vec3 c, inout float rough, inout float sss, inout float glow) {
  float a = acos(clamp(dot(d, uGaze), -1.0, 1.0));
  c = mix(vec3(.66, .645, .62), vec3(.40, .33, .31), smoothstep(.66, 1.15, a));
  float iris = smoothstep(.60, .55, a);
  vec3 tone = uPalette[7] * (.55 + .95 * smoothstep(.20, .50, a));
  tone *= 1.0 - .78 * smoothstep(.48, .58, a);
  c = mix(c, tone, iris);
  c = mix(c, vec3(.006), smoothstep(.285, .25, a));
  float lid = mix(-.66, .50, uLids.x) + .16 * uGaze.y - .22 * d.x * d.x;
  float low = -.50 + .22 * uLids.y;
  float upper = smoothstep(lid - .03, lid + .03, d.y);
  float lower = smoothstep(low + .04, low - .04, d.y + .10 * d.x * d.x);
  float cover = max(upper, lower);
  c *= 1.0 - .40 * smoothstep(lid - .26, lid, d.y);
  float spark = smoothstep(.17, .12, acos(clamp(dot(d, normalize(uGaze + vec3(.24, .30, 0.0))), -1.0, 1.0)));
  spark += .45 * smoothstep(.10, .06, acos(clamp(dot(d, normalize(uGaze + vec3(-.22, -.20, 0.0))), -1.0, 1.0)));
  c = mix(c, vec3(.95), min(spark, 1.0) * .85 * iris * (1.0 - cover));
  glow = max(glow, spark * .035 * iris * (1.0 - cover));
  float lash = smoothstep(.10 + .06 * uSoft, .02, abs(d.y - lid - .02)) * step(0.0, d.z);
  c = mix(c, uPalette[0] * mix(.92, .90, lower), cover);
  c = mix(c, uPalette[1] * .18, lash * .9);
  rough = mix(.32, .55, cover);
  sss = mix(.7, 1.0, cover);
}
