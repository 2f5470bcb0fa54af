package sluice.bench.redelivery;

import java.util.Locale;

/** What is lost in each run, and with which aim its times are compared. */
enum LossKind {
    KILL("kill -9 of a consumer with a message", "median 0.1 s, max 1 s"),
    STOP("SIGSTOP of a consumer with a message", "max 10 s"),
    GATEWAY("kill -9 of a gateway while 50 consumers hold messages", "none again, pause 3 s");

    private final String title;
    private final String aim;

    LossKind(String title, String aim) {
        this.title = title;
        this.aim = aim;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String title() {
        return title;
    }

    /** What the project aims at, in words. */
    String aim() {
        return aim;
    }
}
