#include "skin.glsl"
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
#else
  vec4 w = vec4(aPos, 1.0);
  vNormal = aNrm;
#endif
  vLocal = aPos;
  vWorld = w.xyz;
  vColour = aCol;
  vMeta = floor(aMeta * 255.0 + 0.5);
  gl_Position = uVP * w;
}
