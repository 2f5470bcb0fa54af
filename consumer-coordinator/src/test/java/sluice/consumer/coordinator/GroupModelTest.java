package sluice.consumer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.TopicPartition;
import sluice.metadata.GroupConfig;

/**
 * Members, coordinators and a store by chance, from seeds; {@code -Dsluice.groups.seeds=2000} runs
 * more of them.
 */
class GroupModelTest {

    private static final int SEEDS = Integer.getInteger("sluice.groups.seeds", 60);

    @Test
    void whateverFailsNoHoldIsTwoMembersAndNoCommitIsForgottenOrUndone() {
        int commits = 0;
        int moves = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            GroupModel model = run(seed);
            commits += model.commits;
            moves += model.moves;
        }
        System.out.println("seeds=" + SEEDS + " commits=" + commits + " holds=" + moves);
        assertTrue(commits > 50 * SEEDS && moves > 5 * SEEDS, "nearly nothing was done");
    }

    private static GroupModel run(long seed) {
        var random = new SplittableRandom(seed);
        var world = new CoordinatorWorld(seed);
        int partitions = 1 + random.nextInt(12);
        world.topic("t", partitions);
        for (int partition = 0; partition < partitions; partition++) {
            world.ends("t", partition, 0, Long.MAX_VALUE);
        }
        var model = new GroupModel(world, 1 + random.nextInt(3));
        world.reply(model.owner(), new GroupRequest.Put(GroupConfig.stream(List.of("t")), false));
        var members = new ArrayList<ModelMember>();
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            boolean isStatic = random.nextInt(3) == 0;
            Optional<String> instance = isStatic ? Optional.of("i" + i) : Optional.empty();
            members.add(new ModelMember(world, model, instance));
        }
        members.forEach(ModelMember::start);
        world.faults(random.nextInt(3) == 0 ? 0 : random.nextInt(80));
        for (int second = 0; second < 60; second += 3) {
            world.time.runFor(Duration.ofSeconds(3));
            if (random.nextInt(3) == 0) {
                model.failOver();
            }
        }
        world.faults(0);
        model.calm();
        members.forEach(ModelMember::calm);
        world.time.runFor(Duration.ofSeconds(75));
        checkShared(model, members, partitions);
        return model;
    }

    /** When all is calm, everything is read by somebody, once, and evenly. */
    private static void checkShared(GroupModel model, List<ModelMember> members, int partitions) {
        Set<TopicPartition> read = new HashSet<>();
        int most = 0;
        int least = Integer.MAX_VALUE;
        int all = 0;
        for (ModelMember member : members) {
            read.addAll(member.reads());
            all += member.reads().size();
            most = Math.max(most, member.reads().size());
            least = Math.min(least, member.reads().size());
        }
        String what = model.broken("members=" + members.size()).getMessage();
        assertEquals(partitions, all, what);
        assertEquals(partitions, read.size(), what);
        assertTrue(most - least <= 1, what);
    }
}
