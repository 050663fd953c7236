layout(location = 0) in vec3 aPos;
layout(location = 1) in vec3 aNrm;
layout(location = 2) in vec4 aCol;
layout(location = 3) in vec4 aMeta;
layout(location = 4) in vec4 aBones;
layout(location = 5) in vec4 aWeights;
uniform mat4 uVP;
#ifdef SKINNED
uniform mat4 uBones[BONES];
mat4 skinMatrix() {
  return uBones[int(aBones.x * 255.0 + 0.5)] * aWeights.x + uBones[int(aBones.y * 255.0 + 0.5)] * aWeights.y
       + uBones[int(aBones.z * 255.0 + 0.5)] * aWeights.z + uBones[int(aBones.w * 255.0 + 0.5)] * aWeights.w;
}
#endif
