uniform sampler2DShadow uAtlas;
uniform vec4 uLightPos[LIGHTS];     // xyz, share of the light that reaches the set
uniform vec4 uLightDir[LIGHTS];     // xyz, cosine of the outer cone
uniform vec4 uLightColour[LIGHTS];  // rgb times intensity, 0
uniform vec4 uLightShape[LIGHTS];   // cosine of the inner cone, softness, falloff, volume
#if SHADOWS > 0
uniform mat4 uLightMatrix[SHADOWS];
uniform float uLightSpread[SHADOWS];
#endif
uniform vec4 uFog;                  // rgb, density of shafts
uniform vec4 uFogShape;             // height of its base, height falloff, share on the sky, density of haze
