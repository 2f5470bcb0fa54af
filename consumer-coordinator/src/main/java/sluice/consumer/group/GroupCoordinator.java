package sluice.consumer.group;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Consumer groups, whichever gateway coordinates them: a call goes to the owner of the group's
 * slot. Safe from any thread; stages may complete on a thread of the engine, so continuations must
 * not block.
 *
 * <p>Stages fail with {@link sluice.log.SluiceException}. Of all requests: NOT_FOUND {@code
 * unknown-group}; OVERLOADED {@code too-many-groups}; UNAVAILABLE if nothing was done;
 * UNKNOWN_OUTCOME if it may have been done. What else a request may fail with stands at {@link
 * GroupRequest}.
 */
public interface GroupCoordinator {

    /**
     * @return the reply that belongs to the request, see {@link GroupReply}
     */
    CompletionStage<GroupReply> call(GroupName group, GroupRequest request);

    /**
     * Groups of a namespace by name, read from the table.
     *
     * @param prefix of their names, "" for all
     * @param after the last name of the page before, "" for the first page
     * @param max most groups in the page; a page with fewer is the last
     */
    CompletionStage<List<GroupSummary>> list(
            String namespace, String prefix, String after, int max);
}
