"""The environment on this machine: one server in place of AWS.

daemon          its process, from outside: start, find, stop, reset
server          its process, from inside
application     who a request is for
services        what runs things, wired
wire/           HTTP and AWS's protocols; what a service is
s3/             objects as files
cloudformation/ stacks, change sets, and a class for each type of resource
executions/     Step Functions, on the interpreter of `pipelines.asl`
jobs/           SageMaker's jobs as processes, and their logs
registry/       SageMaker's model packages
supplied/       what moto supplies, and the journal that makes it durable
"""
