package sluice.consumer.queue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A state as changes: whoever applies them to any state has this one. */
final class Snapshots {

    /** Messages in one change; about 50 bytes each, and more for each attempt. */
    private static final int PAGE = 500;

    private Snapshots() {}

    static List<Change> of(QueueState state) {
        var changes = new ArrayList<Change>();
        changes.add(new Change.SnapshotBegin(state.numbers()));
        pages(state.held().byOffset().values())
                .forEach(page -> changes.add(new Change.SnapshotMessages(page)));
        for (Spot each : state.waiting().spots(PAGE)) {
            changes.add(new Change.SnapshotWaiting(List.of(each)));
        }
        pages(state.settledLately().all())
                .forEach(page -> changes.add(new Change.SnapshotSettled(page)));
        changes.add(new Change.SnapshotEnd());
        return changes;
    }

    private static <T> List<List<T>> pages(Collection<T> all) {
        var pages = new ArrayList<List<T>>();
        var page = new ArrayList<T>(Math.min(all.size(), PAGE));
        for (T each : all) {
            page.add(each);
            if (page.size() == PAGE) {
                pages.add(List.copyOf(page));
                page.clear();
            }
        }
        if (!page.isEmpty()) {
            pages.add(List.copyOf(page));
        }
        return pages;
    }
}
