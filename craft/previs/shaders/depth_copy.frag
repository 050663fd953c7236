in vec2 uv;
uniform sampler2D uSource;
void main() { gl_FragDepth = texelFetch(uSource, ivec2(gl_FragCoord.xy), 0).r; }
