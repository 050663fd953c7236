#include "skin.glsl"
#ifdef PASSING
uniform float uTime;
#endif
#ifdef RIGID
uniform mat4 uModel;
#endif
out vec3 vLocal;
out vec3 vNormal;
out vec3 vWorld;
out vec4 vColour;
flat out vec4 vMeta;
void main() {
#ifdef SKINNED
  mat4 m = skinMatrix();
  vec4 w = m * vec4(aPos, 1.0);
  vNormal = mat3(m) * aNrm;
#elif defined(RIGID)
  vec4 w = uModel * vec4(aPos, 1.0);
  vNormal = mat3(uModel) * aNrm;
#else
  vec4 w = vec4(aPos, 1.0);
  vNormal = aNrm;
#endif
#ifdef PASSING
  // The world outside of a vehicle: each thing runs round a loop of 72 m and sinks into the ground at its ends.
  vec4 ride = floor(aBones * 255.0 + .5);
  float at = (ride.x * 256.0 + ride.y) / 65535.0, now = fract(at - uTime * ride.z / 576.0), ground = -ride.w * .01;
  w.z += (now - at) * 72.0;
  w.y = ground + (w.y - ground) * (ride.z > 0.0 ? smoothstep(0.0, .07, now) * smoothstep(1.0, .93, now) : 1.0);
#endif
  vLocal = aPos;
  vWorld = w.xyz;
  vColour = aCol;
  vMeta = floor(aMeta * 255.0 + 0.5);
  gl_Position = uVP * w;
}
