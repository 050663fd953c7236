// The open sky: gradient, sun or moon with its glow, clouds and stars. Needs noise.glsl.
uniform vec3 uSkyTop, uSkyLow, uSunColour;
uniform vec4 uSun;       // direction, share of clear sky before it
uniform vec3 uSkyShape;  // clouds, stars, snow on the ground
float cloudsAt(vec2 p) {
  return valueNoise(p) * .55 + valueNoise(p * 2.3 + 4.7) * .30 + valueNoise(p * 5.1 + 1.3) * .15;
}
vec3 skyAt(vec3 ray) {
  float up = max(ray.y, 0.0), along = max(dot(ray, uSun.xyz), 0.0), a8 = along * along;
  a8 *= a8;
  a8 *= a8;
  vec3 c = mix(uSkyLow, uSkyTop, clamp(ray.y * 1.6 + .15, 0.0, 1.0));
  c += uSunColour * uSun.w * (.10 * a8 + .5 * pow(along, 90.0) + 6.0 * smoothstep(.99945, .99965, along));
  vec2 star = floor(ray.xz / (.35 + up) * 130.0);
  c += vec3(.7, .8, 1.0) * uSkyShape.y * step(.9975, hash2(star)) * (.3 + hash2(star + 3.0)) * smoothstep(.02, .25, ray.y) * .5;
  vec2 at = ray.xz / (up + .12) * 1.3;
  float cover = smoothstep(.78 - .62 * uSkyShape.x, 1.02 - .45 * uSkyShape.x, cloudsAt(at)) * smoothstep(.0, .12, ray.y);
  vec3 cloud = mix(uSkyLow, vec3(dot(uSkyLow, vec3(.3, .5, .2))), .55) * .95 + uSunColour * (.02 + .10 * a8);
  return mix(c, cloud, cover * .85);
}
