// Draws a stage with WebGL2. The stage says what the server's renderer draws, pass by pass; this file repeats it and puts
// in what the dial decides: lamps, shadow tiles, exposure. One instance per context; a lost context needs a new one.
import type { Lighting } from './rig'
import type { Draw, ProgramData, Stage, TextureData, Value } from './stage'

type Uniform = { at: WebGLUniformLocation; type: number; length: number }
type Program = { handle: WebGLProgram; uniforms: Map<string, Uniform> | null }
type Texture = { handle: WebGLTexture; width: number; height: number }
type Target = { handle: WebGLFramebuffer; width: number; height: number }
type Numbers = number | number[] | Float32Array

const STRIDE = 40
// Location, size, type, offset: aPos aNrm aCol aMeta aBones aWeights.
const LAYOUT = [[3, 'FLOAT', 0], [3, 'FLOAT', 12], [4, 'UNSIGNED_BYTE', 24], [4, 'UNSIGNED_BYTE', 28], [4, 'UNSIGNED_BYTE', 32], [4, 'UNSIGNED_BYTE', 36]] as const

/** Why this browser cannot draw the stage. */
export class CannotDraw extends Error {}

export class StageRenderer {
  private readonly programs = new Map<string, Program>()
  private readonly textures = new Map<number, Texture>()
  private readonly targets = new Map<number, Target>()
  private readonly meshes = new Map<string, WebGLVertexArrayObject>()
  private readonly buffers = new Map<number, WebGLBuffer>()
  private readonly blank: WebGLVertexArrayObject
  private readonly numbers = new Map<number, Float32Array>()
  private lighting!: Lighting
  private width = 0
  private height = 0

  constructor(private readonly gl: WebGL2RenderingContext, private readonly stage: Stage) {
    if (!gl.getExtension('EXT_color_buffer_float') && !gl.getExtension('EXT_color_buffer_half_float')) throw new CannotDraw('no half-float targets')
    gl.getExtension('OES_texture_float_linear')
    gl.disable(gl.DITHER)
    this.blank = gl.createVertexArray()
  }

  /** Draws the frame into the canvas at this size. */
  draw(lighting: Lighting, mood: string, width: number, height: number): void {
    this.lighting = lighting
    this.resize(width, height)
    const passes = (this.stage.passes[mood] ?? []).filter((pass) => lighting.counts.VOLUMES > 0 || !pass.shafts)
    this.warm([...this.stage.casters.open, ...this.stage.geometry, ...passes])
    this.shadows()
    this.geometry()
    this.gl.disable(this.gl.DEPTH_TEST)
    this.gl.disable(this.gl.CULL_FACE)
    passes.forEach((pass, at) => this.pass(pass, at === passes.length - 1))
    const error = this.gl.getError()
    if (error !== this.gl.NO_ERROR && error !== this.gl.CONTEXT_LOST_WEBGL) throw new CannotDraw(`WebGL error ${error}`)
  }

  /** The depth of everything that casts, seen from each shadowed lamp: one tile of the atlas each. */
  private shadows(): void {
    const { gl, stage } = this
    if (!this.lighting.views.length) return
    const { tile, offset } = stage.shadows
    const target = this.depthOnly(stage.shadows.atlas)
    gl.enable(gl.DEPTH_TEST)
    gl.depthFunc(gl.LESS)
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.handle)
    gl.clear(gl.DEPTH_BUFFER_BIT)
    gl.enable(gl.POLYGON_OFFSET_FILL)
    gl.polygonOffset(offset[0], offset[1])
    this.lighting.views.forEach((view, at) => {
      gl.viewport((at & 1) * tile, (at >> 1) * tile, tile, tile)
      for (const draw of view.shell ? stage.casters.shell : stage.casters.open) this.mesh(draw, { uVP: view.matrix })
    })
    gl.disable(gl.POLYGON_OFFSET_FILL)
  }

  private geometry(): void {
    const { gl, stage } = this
    gl.enable(gl.DEPTH_TEST)
    gl.depthFunc(gl.LESS)
    gl.clearColor(0, 0, 0, 0)
    const cleared = new Set<number>()
    for (const draw of stage.geometry) {
      const target = this.target(draw.target)
      gl.bindFramebuffer(gl.FRAMEBUFFER, target.handle)
      gl.viewport(0, 0, target.width, target.height)
      if (!cleared.has(draw.target)) gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT)
      cleared.add(draw.target)
      this.mesh(draw, {})
    }
  }

  private mesh(draw: Draw, more: Record<string, Numbers>): void {
    const { gl } = this
    const program = this.program(draw.program)
    gl.useProgram(program.handle)
    this.assign(program, draw, more)
    if (draw.culled) gl.enable(gl.CULL_FACE)
    else gl.disable(gl.CULL_FACE)
    gl.bindVertexArray(this.vertices(draw.vertices!, draw.indices!))
    gl.drawElements(gl.TRIANGLES, draw.count, gl.UNSIGNED_INT, draw.first * 4)
  }

  private pass(draw: Draw, last: boolean): void {
    const { gl } = this
    const program = this.program(draw.program)
    const target = last ? null : this.target(draw.target)
    gl.bindFramebuffer(gl.FRAMEBUFFER, target?.handle ?? null)
    gl.viewport(0, 0, target?.width ?? this.width, target?.height ?? this.height)
    gl.useProgram(program.handle)
    const lamps = this.stage.programs[draw.program]!.defines.LIGHTS === undefined ? {} : this.lighting.uniforms
    this.assign(program, draw, { ...lamps, ...this.scaled(draw), uExposure: this.lighting.exposure })
    gl.bindVertexArray(this.blank)
    gl.drawArrays(gl.TRIANGLES, 0, 3)
  }

  /** Sizes in pixels follow the canvas. */
  private scaled(draw: Draw): Record<string, number[]> {
    const size = draw.values.uSize
    const k = this.width / this.stage.width
    return Array.isArray(size) && k !== 1 ? { uSize: size.map((side) => Math.round(side * k)) } : {}
  }

  private assign(program: Program, draw: Draw, more: Record<string, Numbers>): void {
    const { gl } = this
    const uniforms = this.uniforms(program)
    let unit = 0
    for (const [name, number] of Object.entries(draw.textures)) {
      const uniform = uniforms.get(name)
      if (!uniform) continue
      gl.activeTexture(gl.TEXTURE0 + unit)
      gl.bindTexture(gl.TEXTURE_2D, this.texture(number).handle)
      gl.uniform1i(uniform.at, unit++)
    }
    for (const [name, value] of Object.entries(draw.values)) {
      const uniform = name in more ? undefined : uniforms.get(name)
      if (uniform) this.set(uniform, this.read(value))
    }
    for (const [name, value] of Object.entries(more)) {
      const uniform = uniforms.get(name)
      if (uniform) this.set(uniform, value)
    }
  }

  private set({ at, type, length }: Uniform, value: Numbers): void {
    const { gl } = this
    if (type === gl.INT || type === gl.BOOL) return gl.uniform1i(at, Number(value))
    const sizes: Record<number, number> = { [gl.FLOAT]: 1, [gl.FLOAT_VEC2]: 2, [gl.FLOAT_VEC3]: 3, [gl.FLOAT_VEC4]: 4, [gl.FLOAT_MAT3]: 9, [gl.FLOAT_MAT4]: 16 }
    const all = typeof value === 'number' ? [value] : value
    const list = all.length > sizes[type]! * length ? all.slice(0, sizes[type]! * length) : all
    if (type === gl.FLOAT) gl.uniform1fv(at, list)
    else if (type === gl.FLOAT_VEC2) gl.uniform2fv(at, list)
    else if (type === gl.FLOAT_VEC3) gl.uniform3fv(at, list)
    else if (type === gl.FLOAT_VEC4) gl.uniform4fv(at, list)
    else if (type === gl.FLOAT_MAT3) gl.uniformMatrix3fv(at, false, list)
    else if (type === gl.FLOAT_MAT4) gl.uniformMatrix4fv(at, false, list)
    else throw new CannotDraw(`a uniform of type ${type}`)
  }

  private read(value: Value): Numbers {
    if (typeof value === 'number' || Array.isArray(value)) return value
    let found = this.numbers.get(value.buffer)
    if (!found) {
      const bytes = this.stage.buffers[value.buffer]!
      found = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
      this.numbers.set(value.buffer, found)
    }
    return found
  }

  /** Starts compiling everything a frame needs before the first result is asked for: drivers compile side by side. */
  private warm(draws: Draw[]): void {
    for (const draw of draws) this.program(draw.program)
  }

  private program(number: number): Program {
    const data = this.stage.programs[number]!
    const { LIGHTS, VOLUMES } = data.defines
    const counts = { ...this.lighting.counts, ...(VOLUMES ? {} : { VOLUMES: 0 }) }
    const defines = LIGHTS === undefined ? data.defines : { ...data.defines, ...counts }
    const key = `${number} ${JSON.stringify(defines)}`
    let found = this.programs.get(key)
    if (!found) {
      found = { handle: this.compiled(data, defines), uniforms: null }
      this.programs.set(key, found)
    }
    return found
  }

  private compiled(data: ProgramData, defines: Record<string, number>): WebGLProgram {
    const { gl, stage } = this
    const lines = Object.entries(defines).map(([name, value]) => `#define ${name} ${value}\n`).join('')
    const handle = gl.createProgram()
    for (const [kind, name] of [[gl.VERTEX_SHADER, data.vertex], [gl.FRAGMENT_SHADER, data.fragment]] as const) {
      const shader = gl.createShader(kind)
      if (!shader) throw new CannotDraw('no shader')
      gl.shaderSource(shader, stage.header + lines + stage.shaders[name])
      gl.compileShader(shader)
      gl.attachShader(handle, shader)
    }
    gl.linkProgram(handle)
    return handle
  }

  private uniforms(program: Program): Map<string, Uniform> {
    if (program.uniforms) return program.uniforms
    const { gl } = this
    if (!gl.getProgramParameter(program.handle, gl.LINK_STATUS) && !gl.isContextLost()) {
      const logs = (gl.getAttachedShaders(program.handle) ?? []).map((shader) => gl.getShaderInfoLog(shader)).join(' ')
      throw new CannotDraw(`${logs} ${gl.getProgramInfoLog(program.handle)}`.trim())
    }
    program.uniforms = new Map()
    const count = (gl.getProgramParameter(program.handle, gl.ACTIVE_UNIFORMS) as number | null) ?? 0
    for (let i = 0; i < count; i++) {
      const info = gl.getActiveUniform(program.handle, i)
      const at = info && gl.getUniformLocation(program.handle, info.name)
      if (info && at) program.uniforms.set(info.name.replace('[0]', ''), { at, type: info.type, length: info.size })
    }
    return program.uniforms
  }

  private vertices(vertices: number, indices: number): WebGLVertexArrayObject {
    const key = `${vertices} ${indices}`
    const found = this.meshes.get(key)
    if (found) return found
    const { gl } = this
    const made = gl.createVertexArray()
    gl.bindVertexArray(made)
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer(vertices, gl.ARRAY_BUFFER))
    LAYOUT.forEach(([size, type, offset], at) => {
      gl.enableVertexAttribArray(at)
      gl.vertexAttribPointer(at, size, gl[type], type !== 'FLOAT', STRIDE, offset)
    })
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffer(indices, gl.ELEMENT_ARRAY_BUFFER))
    gl.bindVertexArray(null)
    this.meshes.set(key, made)
    return made
  }

  private buffer(number: number, kind: number): WebGLBuffer {
    let found = this.buffers.get(number)
    if (!found) {
      const { gl } = this
      found = gl.createBuffer()
      gl.bindBuffer(kind, found)
      gl.bufferData(kind, this.stage.buffers[number]!, gl.STATIC_DRAW)
      this.buffers.set(number, found)
    }
    return found
  }

  /** Targets that follow the frame's size go when it changes; the shadow atlas stays. */
  private resize(width: number, height: number): void {
    if (width === this.width && height === this.height) return
    const { gl } = this
    for (const [number, target] of this.targets) if (number >= 0) { gl.deleteFramebuffer(target.handle); this.targets.delete(number) }
    for (const [number, texture] of this.textures) if (this.stage.textures[number]!.shift !== undefined) { gl.deleteTexture(texture.handle); this.textures.delete(number) }
    this.width = width
    this.height = height
  }

  private texture(number: number): Texture {
    let found = this.textures.get(number)
    if (!found) {
      found = this.made(this.stage.textures[number]!)
      this.textures.set(number, found)
    }
    return found
  }

  private made(data: TextureData): Texture {
    const { gl } = this
    const [width, height] = data.size ?? [Math.max(1, this.width >> data.shift!), Math.max(1, this.height >> data.shift!)]
    const formats = { rgba8: gl.RGBA8, rgb8: gl.RGB8, rgba16f: gl.RGBA16F, rgba32f: gl.RGBA32F, depth: gl.DEPTH_COMPONENT24 }
    const handle = gl.createTexture()
    gl.bindTexture(gl.TEXTURE_2D, handle)
    gl.texStorage2D(gl.TEXTURE_2D, 1, formats[data.format], width, height)
    const filter = data.linear ? gl.LINEAR : gl.NEAREST
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
    if (data.compare) {
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_COMPARE_MODE, gl.COMPARE_REF_TO_TEXTURE)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_COMPARE_FUNC, gl.LEQUAL)
    }
    return { handle, width, height }
  }

  private target(number: number): Target {
    const found = this.targets.get(number)
    if (found) return found
    const { colours, depth } = this.stage.targets[number]!
    return this.framed(number, colours.map((colour) => this.texture(colour)), depth === null ? null : this.texture(depth))
  }

  private depthOnly(texture: number): Target {
    return this.targets.get(-1 - texture) ?? this.framed(-1 - texture, [], this.texture(texture))
  }

  private framed(number: number, colours: Texture[], depth: Texture | null): Target {
    const { gl } = this
    const handle = gl.createFramebuffer()
    gl.bindFramebuffer(gl.FRAMEBUFFER, handle)
    colours.forEach((colour, at) => gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0 + at, gl.TEXTURE_2D, colour.handle, 0))
    if (depth) gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.TEXTURE_2D, depth.handle, 0)
    gl.drawBuffers(colours.length ? colours.map((_, at) => gl.COLOR_ATTACHMENT0 + at) : [gl.NONE])
    if (gl.checkFramebufferStatus(gl.FRAMEBUFFER) !== gl.FRAMEBUFFER_COMPLETE && !gl.isContextLost()) throw new CannotDraw('a target is not complete')
    const first = (colours[0] ?? depth)!
    const made = { handle, width: first.width, height: first.height }
    this.targets.set(number, made)
    return made
  }
}
