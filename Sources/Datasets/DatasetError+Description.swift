extension DatasetError: CustomStringConvertible {
    /// One sentence on what is wrong, and what to try.
    public var description: String {
        switch self {
        case .missingFile, .unreadableFile, .noArchives, .emptyFile, .truncatedArchive,
            .notAnArchive, .damagedArchive, .wrongArchive, .encryptedEntry, .damagedEntry,
            .tooLarge, .conflictingEntries:
            fileDescription
        case .notPNG, .damagedPNG, .wrongImageSize, .malformedLabels,
            .malformedTable:
            contentDescription
        case .outOfRange, .unknownGroup, .repeatedGroup, .emptyPart, .cannotRotate,
            .inconsistentDataset, .noClass, .noExample:
            optionDescription
        case .tooManyWays, .tooManyExamples, .episodeShape, .classOutside, .repeatedClass,
            .exampleOutside, .repeatedExample, .wrongBuffer:
            episodeDescription
        }
    }

    private var fileDescription: String {
        switch self {
        case .missingFile(let path):
            return "\(path): no such file or folder; check the path given with --data"
        case .unreadableFile(let path, let reason):
            return "\(path): cannot be read (\(reason))"
        case .noArchives(let directory, let expected, let found):
            let held = found.isEmpty ? "no zip archive" : list(found)
            return "\(directory): expected at least one of \(list(expected)), found \(held); "
                + "give the folder with the archives by --data"
        case .emptyFile(let path):
            return "\(path): the file is empty (0 bytes), expected a zip archive; "
                + "download it again"
        case .truncatedArchive(let path, let bytes):
            return "\(path): the archive is cut short after \(bytes) bytes (its table of contents "
                + "is missing); download it again"
        case .notAnArchive(let path, let found):
            return "\(path): expected a zip archive, found \(found)"
        case .damagedArchive(let path, let reason):
            return "\(path): the archive is damaged (\(reason)); download it again"
        case .wrongArchive(let path, let expected, let found):
            return "\(path): expected an archive with \(expected), found \(found)"
        case .encryptedEntry(let archive, let entry):
            return "\(archive): \(entry) is encrypted; expected an archive without a password"
        case .damagedEntry(let archive, let entry, let reason):
            return "\(archive): \(entry) cannot be unpacked (\(reason)); download the archive again"
        case .tooLarge(let archive, let what, let found, let limit, let unit):
            return "\(archive): \(what) is too large: \(found) \(unit), at most \(limit) are read"
        case .conflictingEntries(let entry, let first, let second):
            return "\(entry): \(first) and \(second) differ in this file; "
                + "keep only one of the two archives in the folder"
        default: return ""
        }
    }

    private var contentDescription: String {
        switch self {
        case .notPNG(let archive, let entry, let found):
            return "\(archive): \(entry): expected a PNG image, found \(found)"
        case .damagedPNG(let archive, let entry, let reason):
            return "\(archive): \(entry): the PNG image is damaged (\(reason)); "
                + "download the archive again"
        case .wrongImageSize(
            let archive, let entry, let width, let height, let expectedWidth, let expectedHeight):
            return "\(archive): \(entry): expected an image of \(expectedWidth)×\(expectedHeight) "
                + "pixels, found \(width)×\(height)"
        case .malformedLabels(let archive, let entry, let line, let found):
            return "\(archive): \(entry):\(line): expected \"runNN/test/itemII.png "
                + "runNN/training/classCC.png\", each naming an image of this run once, "
                + "found \"\(found)\""
        case .malformedTable(let path, let line, let problem):
            return (line > 0 ? "\(path):\(line)" : path) + ": \(problem)"
        default: return ""
        }
    }

    private var optionDescription: String {
        switch self {
        case .outOfRange(let option, let found, let expected):
            return "\(option): expected \(expected), found \(found)"
        case .unknownGroup(let name, let nearest, let known):
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            return "no group is named \"\(name)\"\(hint) (there are \(list(known)))"
        case .repeatedGroup(let name, let first, let second):
            return first == second
                ? "group \"\(name)\" is named twice in \(first)"
                : "group \"\(name)\" is in \(first) and in \(second); name it in one part only"
        case .emptyPart(let part, let reason):
            return "the split's \(part) part would be empty: \(reason)"
        case .cannotRotate(let dataset, let reason):
            return "\(dataset): rotations as extra classes need square images that are not rotated "
                + "yet: \(reason)"
        case .inconsistentDataset(let name, let what, let expected, let found):
            return "\(name): expected \(expected) \(what), found \(found)"
        case .noClass(let index, let classes, let dataset):
            return "\(dataset): class \(index): expected an index from 0 to \(classes - 1)"
        case .noExample(let index, let available, let className):
            return "\(className): example \(index): expected an index from 0 to \(available - 1)"
        default: return ""
        }
    }

    private var episodeDescription: String {
        switch self {
        case .tooManyWays(let ways, let classes, let dataset):
            return "\(ways) ways need \(ways) classes, \(dataset) has \(classes) here; "
                + "ask for at most \(classes) ways"
        case .tooManyExamples(let shots, let queries, let available, let className):
            return "\(shots) shots and \(queries) queries need \(clampedSum(shots, queries)) "
                + "examples of each class, \(className) has \(available); ask for fewer"
        case .episodeShape(let what, let expected, let found):
            return "episode: expected \(expected) \(what), found \(found)"
        case .classOutside(let label, let index, let reason):
            return "episode: class \(index) at place \(label): \(reason)"
        case .repeatedClass(let label, let firstLabel, let className):
            return "episode: \(className) has both label \(firstLabel) and label \(label); "
                + "every class may occur only once"
        case .exampleOutside(let set, let className, let index, let available):
            return "episode: \(set) set: example \(index) of \(className): expected an index from "
                + "0 to \(available - 1)"
        case .repeatedExample(let className, let index, let first, let second):
            return first == second
                ? "episode: example \(index) of \(className) occurs twice in the \(first) set"
                : "episode: example \(index) of \(className) is in both the \(first) set and the "
                    + "\(second) set"
        case .wrongBuffer(let what, let expected, let found):
            return "\(what): expected a buffer of \(expected) elements, found \(found)"
        default: return ""
        }
    }

    private func list(_ names: [String]) -> String {
        let shown = names.prefix(12).joined(separator: ", ")
        return names.count > 12 ? shown + ", … (\(names.count) in all)" : shown
    }

    private func clampedSum(_ first: Int, _ second: Int) -> Int {
        let (sum, overflow) = first.addingReportingOverflow(second)
        return overflow ? .max : sum
    }
}
