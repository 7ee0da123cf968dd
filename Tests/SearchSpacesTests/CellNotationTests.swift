import SearchSpaces
import Testing

/// The Auto-MAML 5-way 1-shot genotype of T-NAS, as methods.md writes it (section 5).
let autoMAML = """
    normal: avg 0, avg 1 · avg 1, avg 2 · avg 1, avg 2 · dil3 3, avg 2
    reduction: avg 0, dil5 1 · avg 0, dil5 1 · skip 3, dil5 2 · skip 4, skip 3
    """

struct CellNotationTests {
    @Test func `a genotype is written with the entries in the order of their inputs`() throws {
        let space = try CellSpace(nodes: 4)
        let genotype = try space.parse(autoMAML)
        #expect(
            try space.text(genotype)
                == "normal: avg 0, avg 1 · avg 1, avg 2 · avg 1, avg 2 · avg 2, dil3 3; "
                + "reduction: avg 0, dil5 1 · avg 0, dil5 1 · dil5 2, skip 3 · skip 3, skip 4")
    }

    @Test func `case, separators, spaces and order do not matter`() throws {
        let space = try CellSpace(nodes: 2)
        let plain = try space.parse(
            "normal: avg 0, sep3 1 · max 0, skip 2; reduction: dil5 0, avg 1 · avg 1, avg 2")
        for text in [
            "NORMAL: AVG 0, Sep3 1 | MAX 0, SKIP 2 ; Reduction: DIL5 0, AVG 1 | AVG 1, AVG 2",
            "reduction:avg 1,dil5 0·avg 2,avg 1;normal:sep3 1,avg 0·skip 2,max 0",
            "\n normal : avg3 0 ,  sep_conv_3x3  1 · max_pool_3x3 0, skip_connect 2 \r\n"
                + " reduction: dil5 0, avg 1 · avg 1, avg 2;\n",
        ] {
            #expect(try space.parse(text) == plain)
        }
    }

    @Test func `every mistake is named with its place`() throws {
        let space = try CellSpace(nodes: 1)
        func message(_ text: String) -> String {
            do { return "\(try space.parse(text))" } catch { return "\(error)" }
        }
        let good = "reduction: avg 0, avg 1"
        #expect(message("normal: avg 0, avg 1; " + good) == "[0, 1, 1, 1, 0, 1, 1, 1]")
        #expect(
            message("normal: avg 0, avg 2; " + good)
                == "genotype text, normal cell, node 0: expected an input from 0 to 1, "
                + "found input 2"
        )
        #expect(
            message("normal: avg 0, avg -1; " + good)
                == "genotype text, normal cell, node 0: expected an input from 0 to 1, "
                + "found input -1")
        #expect(
            message("normal: avg 1, sep3 1; " + good)
                == "genotype text, normal cell, node 0: expected two different inputs, "
                + "found input 1 twice")
        #expect(
            message("normal: avg 0; " + good)
                == "genotype text, normal cell, node 0: expected two entries with a comma between, "
                + "found 1")
        #expect(
            message("normal: avg 0, avg 1 · avg 0, avg 1; " + good)
                == "genotype text, normal cell: expected 1 nodes with · or | between them, found 2")
        #expect(
            message(good)
                == "genotype text, normal cell: expected \"normal: … ; reduction: …\", "
                + "found nothing")
        #expect(
            message(good + ";" + good)
                == "genotype text, reduction cell: expected each cell once, found it twice")
        #expect(
            message("normal: avg zero, avg 1; " + good)
                == "genotype text, normal cell, node 0: expected an operation and an input, as in "
                + "\"sep3 1\", found \"avg zero\"")
        #expect(message("normal: seb3 0, avg 1; " + good).contains("did you mean \"sep3\"?"))
        #expect(
            message("normal: conv3 0, avg 1; " + good).hasPrefix(
                "there is no operation of this space \"conv3\""))
        // The names are listed as this space writes them.
        #expect(
            message("normal: foo 0, avg 1; " + good)
                == "there is no operation of this space \"foo\". Known: max, avg, skip, sep3, sep5, "
                + "dil3, dil5")
        #expect(message("norml: avg 0, avg 1; " + good).contains("did you mean \"normal\"?"))
        #expect(message("avg 0, avg 1").contains("expected \"normal: …\" or \"reduction: …\""))
        for text in [
            "", ";", "::", "normal:", "normal: , ; " + good,
            "normal: avg 99999999999999999999, avg 1;" + good, "·", "\u{0}",
        ] {
            #expect(throws: SearchSpaceError.self) { try space.parse(text) }
        }
    }
}
