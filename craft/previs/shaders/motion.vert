#include "skin.glsl"
uniform mat4 uVPBefore;
out vec4 vNow;
out vec4 vThen;
#ifdef SKINNED
uniform mat4 uBonesBefore[BONES];
mat4 skinBefore() {
  return uBonesBefore[int(aBones.x * 255.0 + 0.5)] * aWeights.x + uBonesBefore[int(aBones.y * 255.0 + 0.5)] * aWeights.y
       + uBonesBefore[int(aBones.z * 255.0 + 0.5)] * aWeights.z + uBonesBefore[int(aBones.w * 255.0 + 0.5)] * aWeights.w;
}
#endif
#ifdef RIGID
uniform mat4 uModel, uModelBefore;
#endif
#ifdef PASSING_KIND
uniform float uTime, uTimeBefore;
#include "passing.glsl"
#endif
void main() {
#ifdef SKINNED
  vec4 now = skinMatrix() * vec4(aPos, 1.0), then = skinBefore() * vec4(aPos, 1.0);
#elif defined(RIGID)
  vec4 now = uModel * vec4(aPos, 1.0), then = uModelBefore * vec4(aPos, 1.0);
#else
  vec4 now = vec4(aPos, 1.0), then = now;
  if (int(aMeta.y * 255.0 + .5) == PASSING_KIND) {
    now = passing(now, uTime);
    then = passing(then, uTimeBefore);
  }
#endif
  vNow = uVP * now;
  vThen = uVPBefore * then;
  gl_Position = vNow;
}
