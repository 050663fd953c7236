#include "skin.glsl"
#ifdef RIGID
uniform mat4 uModel;
#endif
void main() {
#ifdef SKINNED
  gl_Position = uVP * (skinMatrix() * vec4(aPos, 1.0));
#elif defined(RIGID)
  gl_Position = uVP * (uModel * vec4(aPos, 1.0));
#else
  gl_Position = uVP * vec4(aPos, 1.0);
#endif
}
