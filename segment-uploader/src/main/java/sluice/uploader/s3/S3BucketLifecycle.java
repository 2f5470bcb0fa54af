package sluice.uploader.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import sluice.uploader.BucketLifecycle;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.LifecycleRuleFilter;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The rules of one bucket of S3. Closing is the client's owner's. */
final class S3BucketLifecycle implements BucketLifecycle {

    private static final int STATUS_NOT_IMPLEMENTED = 501;

    private final S3Client client;
    private final String bucket;

    S3BucketLifecycle(S3Client client, String bucket) {
        this.client = client;
        this.bucket = bucket;
    }

    @Override
    public Optional<List<Rule>> rules() {
        return stored().map(rules -> rules.stream().map(S3BucketLifecycle::rule).toList());
    }

    @Override
    public boolean install(String idPrefix, List<Rule> ours) {
        Optional<List<LifecycleRule>> present = stored();
        if (present.isEmpty()) {
            return false;
        }
        List<LifecycleRule> all = new ArrayList<>();
        for (Rule rule : ours) {
            all.add(toStored(rule));
        }
        for (LifecycleRule rule : present.get()) {
            if (!orEmpty(rule.id()).startsWith(idPrefix)) {
                all.add(rule);
            }
        }
        try {
            client.putBucketLifecycleConfiguration(request ->
                    request.bucket(bucket).lifecycleConfiguration(rules -> rules.rules(all)));
            return true;
        } catch (S3Exception e) {
            if (e.statusCode() == STATUS_NOT_IMPLEMENTED) {
                return false;
            }
            throw S3Failures.ofWrite("PutBucketLifecycleConfiguration", bucket, e);
        } catch (SdkException e) {
            throw S3Failures.ofWrite("PutBucketLifecycleConfiguration", bucket, e);
        }
    }

    private Optional<List<LifecycleRule>> stored() {
        try {
            return Optional.of(
                    client.getBucketLifecycleConfiguration(request -> request.bucket(bucket))
                            .rules());
        } catch (S3Exception e) {
            if (e.statusCode() == STATUS_NOT_IMPLEMENTED) {
                return Optional.empty();
            }
            if (S3Failures.errorCode(e).equals("NoSuchLifecycleConfiguration")) {
                return Optional.of(List.of());
            }
            throw S3Failures.ofRead("GetBucketLifecycleConfiguration", bucket, e);
        } catch (SdkException e) {
            throw S3Failures.ofRead("GetBucketLifecycleConfiguration", bucket, e);
        }
    }

    private static Rule rule(LifecycleRule stored) {
        @Nullable LifecycleRuleFilter filter = stored.filter();
        String prefix = orEmpty(stored.prefix());
        boolean tagged = false;
        if (filter != null) {
            var and = filter.and();
            prefix = and != null ? orEmpty(and.prefix()) : orEmpty(filter.prefix());
            tagged = filter.tag() != null || (and != null && and.hasTags());
        }
        OptionalInt days = OptionalInt.empty();
        var expiration = stored.expiration();
        // Sluice tags no object, so a rule for tagged ones removes none of its own.
        if (expiration != null && !tagged) {
            if (expiration.days() != null) {
                days = OptionalInt.of(expiration.days());
            } else if (expiration.date() != null) {
                days = OptionalInt.of(0);
            }
        }
        return new Rule(
                orEmpty(stored.id()), prefix, stored.status() == ExpirationStatus.ENABLED, days);
    }

    private static LifecycleRule toStored(Rule rule) {
        var builder =
                LifecycleRule.builder()
                        .id(rule.id())
                        .filter(filter -> filter.prefix(rule.prefix()))
                        .status(
                                rule.enabled()
                                        ? ExpirationStatus.ENABLED
                                        : ExpirationStatus.DISABLED);
        rule.expireAfterDays()
                .ifPresent(days -> builder.expiration(expiration -> expiration.days(days)));
        return builder.build();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
