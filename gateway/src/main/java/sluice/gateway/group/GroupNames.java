package sluice.gateway.group;

import sluice.consumer.group.GroupName;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.gateway.topics.Namespaces;
import sluice.gateway.topics.TopicName;

/** Names of groups, which may be what names of topics may be. */
final class GroupNames {

    private GroupNames() {}

    static GroupName of(String name) {
        if (!TopicName.isValid(name)) {
            throw new ProblemException(ProblemType.BAD_GROUP_NAME, TopicName.whyNot(name));
        }
        return new GroupName(Namespaces.ofRequest(), name);
    }
}
