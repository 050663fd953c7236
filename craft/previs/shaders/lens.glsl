uniform vec4 uLens; // near, far, focus distance, blur strength
float metres(float d) { float z = d * 2.0 - 1.0; return 2.0 * uLens.x * uLens.y / (uLens.y + uLens.x - z * (uLens.y - uLens.x)); }
// Signed radius of the circle of confusion in pixels: negative before the focus, positive behind it.
float circle(float z, float height) { return clamp((z - uLens.z) / z * uLens.w, -12.0, 12.0) * height / 720.0; }
