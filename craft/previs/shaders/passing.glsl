// The world outside of a vehicle: each thing runs round a loop of 72 m and sinks into the ground at its ends.
vec4 passing(vec4 w, float seconds) {
  vec4 ride = floor(aBones * 255.0 + .5);
  float at = (ride.x * 256.0 + ride.y) / 65535.0, now = fract(at - seconds * ride.z / 576.0), ground = -ride.w * .01;
  w.z += (now - at) * 72.0;
  w.y = ground + (w.y - ground) * (ride.z > 0.0 ? smoothstep(0.0, .07, now) * smoothstep(1.0, .93, now) : 1.0);
  return w;
}
