// Everything of a figure but face and top. q: head space; h: height of fine relief (metres).
void paintBody(vec3 q, inout vec3 c, inout float rough, inout float sss, inout float h) {
#if KIND == 5
  c = uPalette[5] * (.93 + .14 * valueNoise(vLocal.xy * 260.0 + vLocal.z * 210.0));
  c *= 1.0 - .22 * smoothstep(.005, .001, abs(abs(vLocal.x) - .108)) * step(0.0, vLocal.z) * step(vLocal.y, .8);
#elif KIND == 6
  float sole = smoothstep(.0225, .0205, vLocal.y);
  c = mix(uPalette[6], uPalette[6] * .35 + .01, sole);
  rough = mix(rough, .85, sole);
  float lace = smoothstep(.30, .5, abs(fract(vLocal.z * 62.0) - .5)) * step(abs(abs(vLocal.x) - .113), .017) * step(.012, vLocal.z) * step(vLocal.z, .075) * step(.05, vLocal.y);
  c *= 1.0 - .45 * lace;
  h += .0015 * lace;
#elif KIND == 7
  c = uPalette[0] * mix(vec3(1.0), vec3(1.04, .93, .90), valueNoise(vLocal.xy * 60.0 + vLocal.z * 40.0) - .35);
  sss = 1.0;
#elif KIND == 8
  float turn = atan(vColour.g * 2.0 - 1.0, vColour.r * 2.0 - 1.0), px = length(fwidth(vLocal));
  float near = smoothstep(.0035, .0010, px), along = q.y * 9.0 + q.z * 6.0;
  // Rough hair is frizzy: it has no strands to follow.
  float frizz = step(.70, rough);
  vec2 curl = q.xy * 210.0 + q.z * vec2(150.0, 190.0), strand = vec2(turn * 44.0, along);
  float lock = mix(valueNoise(vec2(turn * 11.0 + .4 * sin(along), along * .5)), .5, frizz), fine = valueNoise(mix(strand, curl, frizz)), hair = valueNoise(mix(strand * vec2(2.7, 1.6), curl * 2.6, frizz));
  float shade = .52 + .40 * lock + .34 * (fine - .5) + .42 * near * (hair - .5);
  c = uPalette[1] * (shade + .10);
  h += (.0012 * lock + .0010 * fine + .0004 * hair) * near;
  float stubble = valueNoise(q.xy * 640.0 + q.z * 520.0);
  float root = smoothstep(.04, .62, vColour.b + .55 * (stubble - .5) * step(vColour.b, .98) * (.3 + .7 * near));
  c = mix(uPalette[0] * .92, c, root);
  sss = 1.0 - root;
#elif KIND == 9
  c = uPalette[3] * (.95 + .10 * valueNoise(vLocal.xy * 300.0 + vLocal.z * 240.0));
#elif KIND == 10
  float strand = valueNoise(vec2(q.x * 700.0 + q.y * 300.0, q.y * 420.0));
  c = uPalette[9] * (.75 + .5 * strand);
#elif KIND == 12
  // Height over the rim, and where a ribbon begins and ends.
  float ribbon = smoothstep(vColour.g - .02, vColour.g + .02, vColour.r) * smoothstep(vColour.b + .02, vColour.b - .02, vColour.r);
  c = mix(uPalette[10], uPalette[10] * .25 + .004, ribbon);
  float turn = atan(q.x, q.z + .012);
  c *= .92 + .16 * valueNoise(vLocal.xy * 240.0 + vLocal.z * 200.0);
#elif KIND == 13
  c = uPalette[11];
#elif KIND == 14
  c = mix(vec3(.012), uPalette[11] * .25, .3);
#elif KIND == 15
  c = uPalette[4] * (.92 + .16 * valueNoise(vLocal.xz * 240.0));
#elif KIND == 16
  float twill = valueNoise(vec2(vLocal.x + vLocal.z, vLocal.y) * 340.0), worn = valueNoise(vLocal.xy * 7.0 + vLocal.z * 5.0);
  c = uPalette[5] * (.80 + .34 * twill) * (.85 + .35 * worn);
  c = mix(c, c * 1.7 + .02, .45 * smoothstep(.07, .0, abs(abs(vLocal.x) - .115)) * smoothstep(0.0, .05, vLocal.z) * smoothstep(.40, .62, vLocal.y) * smoothstep(.86, .70, vLocal.y));
  float seam = abs(vLocal.z + .002);
  c = mix(c, vec3(.42, .25, .09), .75 * smoothstep(.0030, .0015, abs(seam - .004)) * step(.5, fract(vLocal.y * 110.0)));
  c = mix(c, c * 1.9 + .02, smoothstep(.128, .126, vLocal.y));
  c *= 1.0 - .5 * smoothstep(.003, .001, abs(vLocal.y - .127));
#else
  c = uPalette[2] * .84 * (.92 + .16 * valueNoise(vLocal.xy * 240.0 + vLocal.z * 200.0));
#endif
}
