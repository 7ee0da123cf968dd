import Datasets
import Randomness
import Testing

struct SplitTests {
    private let stream = RandomStream(seed: 5).split("split")

    private func dataset(rotations: Bool = false) throws -> ImageDataset {
        let base = try patternDataset(
            characters: [("Greek", 5), ("Korean", 4), ("Latin", 6), ("Tagalog", 3)], examples: 2)
        return rotations ? try base.withRotations() : base
    }

    private func groups(_ classes: [Int], of dataset: ImageDataset) -> Set<String> {
        Set(classes.map { dataset.classes[$0].group })
    }

    private func characters(_ classes: [Int], of dataset: ImageDataset) -> Set<String> {
        Set(classes.map { dataset.classes[$0].group + "/" + dataset.classes[$0].character })
    }

    @Test func `a split by group keeps each group in its part`() throws {
        let dataset = try dataset()
        let split = try Split.byGroup(
            of: dataset, train: ["Latin", "Greek"], validation: .groups(["Korean"]),
            test: ["Tagalog"], stream: stream)
        #expect(groups(split.train, of: dataset) == ["Greek", "Latin"])
        #expect(groups(split.validation, of: dataset) == ["Korean"])
        #expect(groups(split.test, of: dataset) == ["Tagalog"])
        #expect(split.train.count == 11 && split.validation.count == 4 && split.test.count == 3)
    }

    @Test func `without training groups all the others are trained on`() throws {
        let dataset = try dataset()
        let split = try Split.byGroup(
            of: dataset, train: nil, validation: .groups([]), test: ["Korean"], stream: stream)
        #expect(groups(split.train, of: dataset) == ["Greek", "Latin", "Tagalog"])
        #expect(split.validation.isEmpty)
    }

    @Test func `held-out characters take all their rotations with them, for every seed`() throws {
        let dataset = try dataset(rotations: true)
        var seen: Set<[Int]> = []
        for seed in 0..<50 {
            let split = try Split.byGroup(
                of: dataset, train: ["Greek", "Latin"], validation: .heldOut(.fraction(0.2)),
                test: ["Korean", "Tagalog"], stream: RandomStream(seed: UInt64(seed)))
            #expect(split.validation.count == 8)  // 0.2 of 11 characters is 2, in 4 rotations
            #expect(split.train.count == 36 && split.test.count == 28)
            let held = characters(split.validation, of: dataset)
            #expect(held.count == 2)
            #expect(held.isDisjoint(with: characters(split.train, of: dataset)))
            #expect(groups(split.validation, of: dataset).isSubset(of: ["Greek", "Latin"]))
            seen.insert(split.validation)
        }
        #expect(seen.count > 20)
    }

    @Test func `a split by class covers every class once, for every seed`() throws {
        let dataset = try dataset(rotations: true)
        for seed in 0..<50 {
            let stream = RandomStream(seed: UInt64(seed))
            let split = try Split.byClass(
                of: dataset, validation: .characters(3), test: .fraction(0.25), stream: stream)
            #expect(
                (split.train + split.validation + split.test).sorted()
                    == Array(dataset.classes.indices))
            #expect(split.validation.count == 12 && split.test.count == 20)
            let parts = [split.train, split.validation, split.test].map {
                characters($0, of: dataset)
            }
            #expect(parts.reduce(0) { $0 + $1.count } == 18)
            #expect(parts.allSatisfy { !$0.isEmpty })
            #expect(
                try split
                    == Split.byClass(
                        of: dataset, validation: .characters(3), test: .fraction(0.25),
                        stream: stream))
        }
    }

    @Test func `random groups go to one part each`() throws {
        let dataset = try dataset()
        var tests: Set<Set<String>> = []
        for seed in 0..<40 {
            let split = try Split.byGroup(
                of: dataset, validationGroups: 1, testGroups: 1,
                stream: RandomStream(seed: UInt64(seed)))
            let parts = [split.train, split.validation, split.test].map {
                groups($0, of: dataset)
            }
            #expect(parts.map(\.count) == [2, 1, 1])
            #expect(parts.reduce(Set()) { $0.union($1) }.count == 4)
            tests.insert(parts[2])
        }
        #expect(tests.count == 4)
    }

    @Test func `an unknown group is answered with the nearest`() throws {
        let dataset = try dataset()
        func message(_ name: String) -> String? {
            datasetError {
                _ = try Split.byGroup(
                    of: dataset, train: nil, validation: .groups([]), test: [name],
                    stream: stream)
            }?.description
        }
        #expect(
            message("korea") == "no group is named \"korea\"; did you mean \"Korean\"? (there "
                + "are Greek, Korean, Latin, Tagalog)")
        #expect(
            message("Cyrillic") == "no group is named \"Cyrillic\" (there are Greek, Korean, "
                + "Latin, Tagalog)")
    }

    @Test func `a group named twice is an error`() throws {
        let dataset = try dataset()
        #expect(
            datasetError {
                _ = try Split.byGroup(
                    of: dataset, train: ["Greek", "Latin"], validation: .groups(["Greek"]),
                    test: ["Korean"], stream: stream)
            }?.description
                == "group \"Greek\" is in train and in validation; name it in one part only")
        #expect(
            datasetError {
                _ = try Split.byGroup(
                    of: dataset, train: ["Greek"], validation: .groups([]),
                    test: ["Korean", "Korean"], stream: stream)
            }?.description == "group \"Korean\" is named twice in test")
    }

    @Test func `parts that would be empty are errors`() throws {
        let dataset = try dataset()
        func message(
            train: [String]?, test: [String], held: SplitAmount = .characters(0)
        ) -> String? {
            datasetError {
                _ = try Split.byGroup(
                    of: dataset, train: train, validation: .heldOut(held), test: test,
                    stream: stream)
            }?.description
        }
        #expect(
            message(train: ["Greek"], test: [])
                == "the split's test part would be empty: no group or class is named for it")
        #expect(
            message(train: nil, test: ["Greek", "Korean", "Latin", "Tagalog"])
                == "the split's train part would be empty: no group of pattern is left for it")
        #expect(
            message(train: ["Greek"], test: ["Korean"], held: .characters(5))
                == "validation: expected 0 to 4 of the 5 characters, found 5 characters")
        for fraction in [-0.1, 1, .nan, .infinity] {
            #expect(
                message(train: ["Greek"], test: ["Korean"], held: .fraction(fraction))
                    == "validation: expected a fraction from 0 to below 1, found \(fraction)")
        }
        #expect(
            datasetError {
                _ = try Split.byGroup(
                    of: dataset, validationGroups: 3, testGroups: 1, stream: stream)
            }?.description
                == "validation and test groups: expected fewer than the 4 there are, found 4")
    }
}
