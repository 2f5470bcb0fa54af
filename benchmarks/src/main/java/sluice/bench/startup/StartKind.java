package sluice.bench.startup;

/** To what a gateway comes. */
enum StartKind {
    JOIN("join", "with an empty disk, to three others", 3),
    FIRST("first", "with an empty disk, alone", 0);

    private final String word;
    private final String title;
    private final int others;

    StartKind(String word, String title, int others) {
        this.word = word;
        this.title = title;
        this.others = others;
    }

    String word() {
        return word;
    }

    String title() {
        return title;
    }

    /** Gateways that are there already. */
    int others() {
        return others;
    }
}
