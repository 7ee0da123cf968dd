/// Sizes that stop at the largest integer instead of passing it.
package enum Saturating {
    package static func sum(_ values: [Int]) -> Int {
        values.reduce(0) { total, value in
            let (sum, overflow) = total.addingReportingOverflow(value)
            return overflow ? .max : sum
        }
    }

    package static func product(_ values: [Int]) -> Int {
        values.reduce(1) { total, value in
            let (product, overflow) = total.multipliedReportingOverflow(by: value)
            return overflow ? .max : product
        }
    }
}
