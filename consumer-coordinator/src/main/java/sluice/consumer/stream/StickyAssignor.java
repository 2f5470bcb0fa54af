package sluice.consumer.stream;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Which member is to hold which partition; a pure function.
 *
 * <p>The numbers of partitions of any two members differ by at most one, and as few partitions move
 * as that allows: who has more keeps what it has up to the larger of the two numbers, and the
 * larger numbers go to those who have most. What is free is dealt in turn, so that a topic's
 * partitions spread over the members.
 */
final class StickyAssignor {

    static final int NOBODY = -1;

    private StickyAssignor() {}

    /**
     * @param holders of each partition now, as indexes of members; {@link #NOBODY} if it is free
     * @param members how many there are
     * @return the holders that are to be; {@link #NOBODY} only if there are no members
     */
    static int[] assign(int[] holders, int members) {
        int[] assigned = new int[holders.length];
        Arrays.fill(assigned, NOBODY);
        if (members == 0) {
            return assigned;
        }
        int[] room = quotas(holders, members);
        for (int partition = 0; partition < holders.length; partition++) {
            int holder = holders[partition];
            if (holder != NOBODY && room[holder] > 0) {
                room[holder]--;
                assigned[partition] = holder;
            }
        }
        int next = 0;
        for (int partition = 0; partition < assigned.length; partition++) {
            if (assigned[partition] == NOBODY) {
                while (room[next] == 0) {
                    next = (next + 1) % members;
                }
                room[next]--;
                assigned[partition] = next;
                next = (next + 1) % members;
            }
        }
        return assigned;
    }

    private static int[] quotas(int[] holders, int members) {
        int[] counts = new int[members];
        for (int holder : holders) {
            if (holder != NOBODY) {
                counts[holder]++;
            }
        }
        int least = holders.length / members;
        int larger = holders.length % members;
        int[] quotas = new int[members];
        Arrays.fill(quotas, least);
        IntStream.range(0, members)
                .boxed()
                .sorted(Comparator.comparingInt((Integer member) -> -counts[member]))
                .limit(larger)
                .forEach(member -> quotas[member]++);
        return quotas;
    }
}
