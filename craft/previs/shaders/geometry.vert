#include "skin.glsl"
#ifdef PASSING
uniform float uTime;
#include "passing.glsl"
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
  w = passing(w, uTime);
#endif
  vLocal = aPos;
  vWorld = w.xyz;
  vColour = aCol;
  vMeta = floor(aMeta * 255.0 + 0.5);
  gl_Position = uVP * w;
}
