internal import CKernels

/// Pooling over NHWC images. Pointers hold as many floats as the geometry says.
public enum WindowKernels {
    /// The maximum of each window.
    public static func maxPool(
        _ g: WindowGeometry, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
    ) {
        var window = g.window
        ck_max_pool(&window, x, y)
    }

    /// The position in each window of its maximum.
    public static func maxPoolIndex(
        _ g: WindowGeometry, _ x: UnsafePointer<Float>, _ index: UnsafeMutablePointer<Float>
    ) {
        var window = g.window
        ck_max_pool_index(&window, x, index)
    }

    /// The maximum of each window and its position.
    public static func maxPool(
        _ g: WindowGeometry, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
        index: UnsafeMutablePointer<Float>
    ) {
        var window = g.window
        ck_max_pool_both(&window, x, y, index)
    }

    /// The element of each window at its position.
    public static func gather(
        _ g: WindowGeometry, _ x: UnsafePointer<Float>, _ index: UnsafePointer<Float>,
        _ y: UnsafeMutablePointer<Float>
    ) {
        var window = g.window
        ck_window_gather(&window, x, index, y)
    }

    /// The transpose of `gather`.
    public static func scatter(
        _ g: WindowGeometry, _ dy: UnsafePointer<Float>, _ index: UnsafePointer<Float>,
        _ dx: UnsafeMutablePointer<Float>
    ) {
        var window = g.window
        ck_window_scatter(&window, dy, index, dx)
    }

    /// The mean of each window, padding not counted.
    public static func averagePool(
        _ g: WindowGeometry, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
    ) {
        var window = g.window
        ck_average_pool(&window, x, y)
    }

    /// The transpose of `averagePool`.
    public static func averagePoolBackward(
        _ g: WindowGeometry, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
    ) {
        var window = g.window
        ck_average_pool_backward(&window, dy, dx)
    }
}
