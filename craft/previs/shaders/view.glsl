#include "noise.glsl"
in vec2 uv;
uniform sampler2D gAlbedo, gNormal, gMaterial, gDepth;
uniform mat4 uInverseVP;
uniform vec3 uEye;
uniform vec2 uSize;
uniform float uTime;
vec3 worldAt(vec2 u, float d) {
  vec4 h = uInverseVP * vec4(vec3(u, d) * 2.0 - 1.0, 1.0);
  return h.xyz / h.w;
}
