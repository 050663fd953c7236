in vec4 vNow;
in vec4 vThen;
out vec4 o; // pixels since the frame before, x to the right and y down
uniform vec2 uSize;
void main() {
  vec2 moved = vNow.xy / vNow.w - vThen.xy / vThen.w;
  o = vec4(vThen.w > 0.0 ? moved * .5 * uSize * vec2(1.0, -1.0) : vec2(0), 0.0, 1.0);
}
