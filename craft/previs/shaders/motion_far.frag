in vec2 uv;
out vec4 o;
uniform mat4 uInverseVP, uVPBefore;
uniform vec2 uSize;
// Where nothing stands there is only the turning of the camera: a point far away, seen from both frames.
void main() {
  vec4 far = uInverseVP * vec4(uv * 2.0 - 1.0, .9999, 1.0), then = uVPBefore * vec4(far.xyz / far.w, 1.0);
  vec2 moved = uv * 2.0 - 1.0 - then.xy / then.w;
  o = vec4(then.w > 0.0 ? moved * .5 * uSize * vec2(1.0, -1.0) : vec2(0), 0.0, 1.0);
}
