/**
 * The tables in DynamoDB or a server that speaks its protocol. The only package that knows the AWS
 * SDK.
 */
@NullMarked
package sluice.metadata.dynamodb;

import org.jspecify.annotations.NullMarked;
