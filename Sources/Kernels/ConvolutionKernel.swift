internal import CKernels
internal import COneDNN

/// The three passes of a convolution; each is the derivative of the others.
public enum ConvolutionPass: Hashable, Sendable {
    /// (x, weights, bias?) → y
    case forward
    /// (dy, weights) → dx
    case backwardData
    /// (x, dy) → dweights
    case backwardWeights
}

/// One pass of a convolution with fixed sizes, NHWC data and HWIO weights.
///
/// Depthwise convolutions, first layers with few channels and 3×3 ones that minimal filtering makes
/// faster run on our own loops, the rest on oneDNN. oneDNN wants weights in a blocked layout of its own choice; the reorder is part of the
/// kernel and works in the scratch memory that the caller's plan sets aside.
///
/// The oneDNN handles are never changed after `init` and primitives may be executed from several
/// threads when the scratchpad is the caller's, hence `@unchecked Sendable`.
public final class ConvolutionKernel: @unchecked Sendable {
    /// Bytes of scratch memory that `run` needs, aligned to 64.
    public let scratchBytes: Int
    /// Which implementation runs: "apogee" or oneDNN's own name.
    public let implementation: String
    /// Multiply-adds of one run.
    public var multiplyAdds: Int { geometry.multiplyAdds }
    let pass: ConvolutionPass
    let geometry: WindowGeometry
    private let dnnl: Primitive?
    private let isMinimal: Bool

    init(
        _ pass: ConvolutionPass, _ geometry: WindowGeometry, bias: Bool, _ library: Library
    ) throws(KernelError) {
        self.pass = pass
        self.geometry = geometry
        let g = geometry
        let isThin = g.groups == 1 && g.channels <= 4
        isMinimal = MinimalFiltering.serves(pass, g)
        let own = g.isDepthwise && !bias || isThin && pass != .backwardData
        if own || isMinimal {
            dnnl = nil
            implementation = "apogee"
            scratchBytes = isMinimal ? MinimalFiltering.scratchBytes(g) : 0
        } else {
            let primitive = try Primitive(pass, geometry, bias: bias, library)
            dnnl = primitive
            implementation = primitive.implementation
            scratchBytes = primitive.scratchBytes
        }
    }

    /// The pass without its sizes, as "depthwise 3x3 forward".
    public var kind: String {
        let g = geometry
        let whole = isMinimal ? "minimal" : "convolution"
        let family = g.isDepthwise ? "depthwise" : g.groups > 1 ? "grouped" : whole
        let dilation = g.dilation > 1 ? " dilated" : ""
        return "\(family) \(g.windowHeight)x\(g.windowWidth)\(dilation) \(pass)"
    }

    /// Runs the pass.
    ///
    /// - Parameters:
    ///   - context: Of the running thread.
    ///   - first: x, dy or x, by pass.
    ///   - second: weights, weights or dy, by pass.
    ///   - bias: [K], forward only.
    ///   - output: y, dx or dweights, by pass.
    ///   - scratch: `scratchBytes` bytes, aligned to 64.
    /// - Throws: `KernelError.library` if oneDNN fails; Apogee's own kernels do not throw.
    public func run(
        _ context: KernelContext, first: UnsafePointer<Float>, second: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutableRawPointer?
    ) throws(KernelError) {
        if let dnnl {
            try dnnl.run(
                context, first: first, second: second, bias: bias, output: output,
                scratch: scratch)
            return
        }
        if isMinimal {
            guard let scratch else { return }
            MinimalFiltering.run(
                pass, geometry, first: first, second: second, bias: bias, output: output,
                scratch: scratch.assumingMemoryBound(to: Float.self))
            return
        }
        var window = geometry.window
        if geometry.isDepthwise {
            switch pass {
            case .forward: ck_depthwise_forward(&window, first, second, output)
            case .backwardData: ck_depthwise_backward_data(&window, first, second, output)
            case .backwardWeights: ck_depthwise_backward_weights(&window, first, second, output)
            }
        } else if pass == .forward {
            ck_thin_forward(&window, geometry.outputs, first, second, bias, output)
        } else {
            ck_thin_backward_weights(&window, geometry.outputs, first, second, output)
        }
    }
}

/// A oneDNN convolution with its weight reorder.
private final class Primitive {
    let implementation: String
    let scratchBytes: Int
    private let pass: ConvolutionPass
    private let library: Library
    private let primitive: dnnl_primitive_t
    private let reorder: dnnl_primitive_t?
    private var sourceDescription: dnnl_memory_desc_t
    private var destinationDescription: dnnl_memory_desc_t
    private var biasDescription: dnnl_memory_desc_t
    private var plainWeights: dnnl_memory_desc_t
    private var ownWeights: dnnl_memory_desc_t
    private var scratchDescription: dnnl_memory_desc_t
    private let weightBytes: Int

    init(
        _ pass: ConvolutionPass, _ g: WindowGeometry, bias: Bool, _ library: Library
    ) throws(KernelError) {
        self.pass = pass
        self.library = library
        let tag = Primitive.imageTag(g)
        let source = try Primitive.image([g.batch, g.channels, g.height, g.width], tag)
        let destination = try Primitive.image(
            [g.batch, g.outputs, g.outputHeight, g.outputWidth], tag)
        let (plain, any) = try Primitive.weights(g)
        var bias_ = dnnl_memory_desc_t()
        if bias {
            var dims = [dnnl_dim_t(g.outputs)]
            try check(
                dnnl_memory_desc_init_by_tag(&bias_, 1, &dims, dnnl_f32, dnnl_x),
                "dnnl_memory_desc_init_by_tag")
        }
        var attributes: dnnl_primitive_attr_t?
        try check(dnnl_primitive_attr_create(&attributes), "dnnl_primitive_attr_create")
        defer { dnnl_primitive_attr_destroy(attributes) }
        try check(
            dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
            "dnnl_primitive_attr_set_scratchpad_mode")

        let forward = try Primitive.forward(
            source, any, bias ? bias_ : nil, destination, g, attributes, library)
        defer { dnnl_primitive_desc_destroy(forward) }
        let description: dnnl_primitive_desc_t
        switch pass {
        case .forward: description = forward
        case .backwardData:
            description = try Primitive.backwardData(
                source, any, destination, g, attributes, forward, library)
        case .backwardWeights:
            description = try Primitive.backwardWeights(
                source, any, destination, g, attributes, forward, library)
        }
        defer { if pass != .forward { dnnl_primitive_desc_destroy(description) } }

        var made: dnnl_primitive_t?
        try check(dnnl_primitive_create(&made, description), "dnnl_primitive_create")
        guard let made else { throw .library(call: "dnnl_primitive_create", status: 5) }
        primitive = made
        var name: UnsafePointer<CChar>?
        dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, &name)
        implementation = name.map { String(cString: $0) } ?? "unknown"

        let weightQuery =
            pass == .backwardWeights ? dnnl_query_diff_weights_md : dnnl_query_weights_md
        guard let own = dnnl_primitive_desc_query_md(description, weightQuery, 0),
            let scratch = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0)
        else { throw .library(call: "dnnl_primitive_desc_query_md", status: 5) }
        sourceDescription = source
        destinationDescription = destination
        biasDescription = bias_
        plainWeights = plain
        ownWeights = own.pointee
        scratchDescription = scratch.pointee
        weightBytes = (dnnl_memory_desc_get_size(&ownWeights) + 63) / 64 * 64
        scratchBytes = weightBytes + dnnl_memory_desc_get_size(&scratchDescription)
        reorder = try Primitive.reorder(
            from: pass == .backwardWeights ? ownWeights : plainWeights,
            to: pass == .backwardWeights ? plainWeights : ownWeights, library)
    }

    deinit {
        dnnl_primitive_destroy(primitive)
        if let reorder { dnnl_primitive_destroy(reorder) }
    }

    func run(
        _ context: KernelContext, first: UnsafePointer<Float>, second: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutableRawPointer?
    ) throws(KernelError) {
        var memories: [dnnl_memory_t] = []
        memories.reserveCapacity(6)
        defer { for memory in memories { dnnl_memory_destroy(memory) } }
        func memory(
            _ description: dnnl_memory_desc_t, _ data: UnsafeRawPointer?
        ) throws(KernelError) -> dnnl_memory_t {
            var description = description
            var memory: dnnl_memory_t?
            try check(
                dnnl_memory_create(
                    &memory, &description, library.engine, UnsafeMutableRawPointer(mutating: data)),
                "dnnl_memory_create")
            guard let memory else { throw .library(call: "dnnl_memory_create", status: 1) }
            memories.append(memory)
            return memory
        }
        func execute(
            _ primitive: dnnl_primitive_t, _ arguments: [dnnl_exec_arg_t]
        ) throws(KernelError) {
            try check(
                dnnl_primitive_execute(
                    primitive, context.stream, Int32(arguments.count), arguments),
                "dnnl_primitive_execute")
        }
        let plain = try memory(
            plainWeights,
            pass == .backwardWeights ? UnsafeRawPointer(output) : UnsafeRawPointer(second))
        let weights = reorder == nil ? plain : try memory(ownWeights, scratch)
        let pad = try memory(scratchDescription, scratch.map { $0 + weightBytes })
        let scratchArgument = dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: pad)
        switch pass {
        case .forward, .backwardData:
            if let reorder {
                try execute(
                    reorder,
                    [
                        dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: plain),
                        dnnl_exec_arg_t(arg: DNNL_ARG_DST, memory: weights),
                    ])
            }
            let forward = pass == .forward
            let input = try memory(
                forward ? sourceDescription : destinationDescription, first)
            let result = try memory(
                forward ? destinationDescription : sourceDescription, output)
            var arguments = [
                dnnl_exec_arg_t(
                    arg: forward ? DNNL_ARG_SRC : DNNL_ARG_DIFF_DST, memory: input),
                dnnl_exec_arg_t(arg: DNNL_ARG_WEIGHTS, memory: weights),
                dnnl_exec_arg_t(
                    arg: forward ? DNNL_ARG_DST : DNNL_ARG_DIFF_SRC, memory: result),
                scratchArgument,
            ]
            if let bias {
                arguments.append(
                    dnnl_exec_arg_t(arg: DNNL_ARG_BIAS, memory: try memory(biasDescription, bias)))
            }
            try execute(primitive, arguments)
        case .backwardWeights:
            let x = try memory(sourceDescription, first)
            let dy = try memory(destinationDescription, second)
            try execute(
                primitive,
                [
                    dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: x),
                    dnnl_exec_arg_t(arg: DNNL_ARG_DIFF_DST, memory: dy),
                    dnnl_exec_arg_t(arg: DNNL_ARG_DIFF_WEIGHTS, memory: weights),
                    scratchArgument,
                ])
            if let reorder {
                try execute(
                    reorder,
                    [
                        dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: weights),
                        dnnl_exec_arg_t(arg: DNNL_ARG_DST, memory: plain),
                    ])
            }
        }
    }
}

// MARK: - Descriptors

extension Primitive {
    /// How the images of a convolution are described to oneDNN.
    ///
    /// With 16 channels NHWC and oneDNN's own blocked layout are the same bytes, and for AVX-512 the
    /// blocked kernels are the faster ones.
    static func imageTag(_ g: WindowGeometry) -> dnnl_format_tag_t {
        let sixteen = g.channels == 16 && g.outputs == 16 && g.groups == 1
        let wide = dnnl_get_effective_cpu_isa().rawValue >= dnnl_cpu_isa_avx512_core.rawValue
        return sixteen && wide ? dnnl_nChw16c : dnnl_nhwc
    }

    /// An image; oneDNN names dimensions in the order N, C, H, W whatever the layout.
    static func image(
        _ sizes: [Int32], _ tag: dnnl_format_tag_t
    ) throws(KernelError) -> dnnl_memory_desc_t {
        var description = dnnl_memory_desc_t()
        var dims = sizes.map { dnnl_dim_t($0) }
        try check(
            dnnl_memory_desc_init_by_tag(&description, 4, &dims, dnnl_f32, tag),
            "dnnl_memory_desc_init_by_tag")
        return description
    }

    /// HWIO weights as they are stored, and the same sizes in a layout of oneDNN's choice.
    static func weights(
        _ g: WindowGeometry
    ) throws(KernelError) -> (plain: dnnl_memory_desc_t, any: dnnl_memory_desc_t) {
        let inputs = dnnl_dim_t(g.channels / g.groups)
        let outputs = dnnl_dim_t(g.outputs / g.groups)
        let all = dnnl_dim_t(g.outputs)
        let (kh, kw) = (dnnl_dim_t(g.windowHeight), dnnl_dim_t(g.windowWidth))
        var dims = [outputs, inputs, kh, kw]
        var strides = [1, all, kw * inputs * all, inputs * all]
        if g.groups > 1 {
            dims.insert(dnnl_dim_t(g.groups), at: 0)
            strides.insert(outputs, at: 0)
        }
        var plain = dnnl_memory_desc_t()
        try check(
            dnnl_memory_desc_init_by_strides(
                &plain, Int32(dims.count), &dims, dnnl_f32, &strides),
            "dnnl_memory_desc_init_by_strides")
        var any = dnnl_memory_desc_t()
        try check(
            dnnl_memory_desc_init_by_tag(
                &any, Int32(dims.count), &dims, dnnl_f32, dnnl_format_tag_any),
            "dnnl_memory_desc_init_by_tag")
        return (plain, any)
    }

    static func forward(
        _ source: dnnl_memory_desc_t, _ weights: dnnl_memory_desc_t, _ bias: dnnl_memory_desc_t?,
        _ destination: dnnl_memory_desc_t, _ g: WindowGeometry,
        _ attributes: dnnl_primitive_attr_t?, _ library: Library
    ) throws(KernelError) -> dnnl_primitive_desc_t {
        var (source, weights, destination) = (source, weights, destination)
        var operation = dnnl_convolution_desc_t()
        var (strides, dilates, padding) = Primitive.window(g)
        let status: dnnl_status_t
        if var bias {
            status = dnnl_dilated_convolution_forward_desc_init(
                &operation, dnnl_forward_training, dnnl_convolution_direct, &source, &weights,
                &bias, &destination, &strides, &dilates, &padding, &padding)
        } else {
            status = dnnl_dilated_convolution_forward_desc_init(
                &operation, dnnl_forward_training, dnnl_convolution_direct, &source, &weights,
                nil, &destination, &strides, &dilates, &padding, &padding)
        }
        try check(status, "dnnl_dilated_convolution_forward_desc_init")
        return try create(&operation, attributes, nil, library)
    }

    static func backwardData(
        _ source: dnnl_memory_desc_t, _ weights: dnnl_memory_desc_t,
        _ destination: dnnl_memory_desc_t, _ g: WindowGeometry,
        _ attributes: dnnl_primitive_attr_t?, _ hint: dnnl_primitive_desc_t, _ library: Library
    ) throws(KernelError) -> dnnl_primitive_desc_t {
        var (source, weights, destination) = (source, weights, destination)
        var operation = dnnl_convolution_desc_t()
        var (strides, dilates, padding) = Primitive.window(g)
        try check(
            dnnl_dilated_convolution_backward_data_desc_init(
                &operation, dnnl_convolution_direct, &source, &weights, &destination, &strides,
                &dilates, &padding, &padding),
            "dnnl_dilated_convolution_backward_data_desc_init")
        return try create(&operation, attributes, hint, library)
    }

    static func backwardWeights(
        _ source: dnnl_memory_desc_t, _ weights: dnnl_memory_desc_t,
        _ destination: dnnl_memory_desc_t, _ g: WindowGeometry,
        _ attributes: dnnl_primitive_attr_t?, _ hint: dnnl_primitive_desc_t, _ library: Library
    ) throws(KernelError) -> dnnl_primitive_desc_t {
        var (source, weights, destination) = (source, weights, destination)
        var operation = dnnl_convolution_desc_t()
        var (strides, dilates, padding) = Primitive.window(g)
        try check(
            dnnl_dilated_convolution_backward_weights_desc_init(
                &operation, dnnl_convolution_direct, &source, &weights, nil, &destination,
                &strides, &dilates, &padding, &padding),
            "dnnl_dilated_convolution_backward_weights_desc_init")
        return try create(&operation, attributes, hint, library)
    }

    static func window(
        _ g: WindowGeometry
    ) -> (strides: [dnnl_dim_t], dilates: [dnnl_dim_t], padding: [dnnl_dim_t]) {
        let stride = dnnl_dim_t(g.stride)
        let dilate = dnnl_dim_t(g.dilation - 1)
        return (
            [stride, stride], [dilate, dilate],
            [dnnl_dim_t(g.paddingHeight), dnnl_dim_t(g.paddingWidth)]
        )
    }

    static func create(
        _ operation: inout dnnl_convolution_desc_t, _ attributes: dnnl_primitive_attr_t?,
        _ hint: dnnl_primitive_desc_t?, _ library: Library
    ) throws(KernelError) -> dnnl_primitive_desc_t {
        var description: dnnl_primitive_desc_t?
        try check(
            dnnl_primitive_desc_create(&description, &operation, attributes, library.engine, hint),
            "dnnl_primitive_desc_create")
        guard let description else {
            throw .library(call: "dnnl_primitive_desc_create", status: 5)
        }
        return description
    }

    /// A copy between two weight layouts; none if they are the same bytes.
    static func reorder(
        from: dnnl_memory_desc_t, to: dnnl_memory_desc_t, _ library: Library
    ) throws(KernelError) -> dnnl_primitive_t? {
        var (from, to) = (from, to)
        if dnnl_memory_desc_equal(&from, &to) == 1 { return nil }
        var description: dnnl_primitive_desc_t?
        try check(
            dnnl_reorder_primitive_desc_create(
                &description, &from, library.engine, &to, library.engine, nil),
            "dnnl_reorder_primitive_desc_create")
        defer { dnnl_primitive_desc_destroy(description) }
        var primitive: dnnl_primitive_t?
        try check(dnnl_primitive_create(&primitive, description), "dnnl_primitive_create")
        return primitive
    }
}
