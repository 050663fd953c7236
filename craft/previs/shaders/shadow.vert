#include "skin.glsl"
void main() {
#ifdef SKINNED
  gl_Position = uVP * (skinMatrix() * vec4(aPos, 1.0));
#else
  gl_Position = uVP * vec4(aPos, 1.0);
#endif
}
