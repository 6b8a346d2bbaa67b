// A peer: the same stack as a CDK app, in the constructs that map one to one to CloudFormation (the cheapest form).
// usage: WORKSTATIONS=N cdk synth --app 'node app.js'
'use strict';

const { App, Stack, Fn, CfnOutput, CfnParameter, CfnDeletionPolicy } = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const iam = require('aws-cdk-lib/aws-iam');
const logs = require('aws-cdk-lib/aws-logs');
const ssm = require('aws-cdk-lib/aws-ssm');

const WORKSTATIONS_IN_A_STACK = 100; // 4 resources each, of the 500 that CloudFormation allows
const INSTANCES = Fn.sub('arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*');
const DOCUMENTS = Fn.sub('arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:document/*');
const ASSOCIATIONS = Fn.sub('arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:association/*');
const SESSIONS = Fn.sub('arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:session/${!aws:userid}-*');
const OWN = { 'ssm:resourceTag/Owner': '${aws:username}', 'ssm:resourceTag/Environment': Fn.ref('AWS::StackName') };
const FIRST_BOOT = '#!/bin/bash\nset -euo pipefail\nsystemctl enable --now amazon-ssm-agent\n';

const tags = (role, more = []) => [
  { key: 'Environment', value: Fn.ref('AWS::StackName') },
  { key: 'Name', value: Fn.sub(`\${AWS::StackName}-${role}`) },
  ...more,
];
const allow = (Action, Resource, Condition) => ({ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) });
const document = (...Statement) => ({ Version: '2012-10-17', Statement });
const policy = (scope, id, ...statements) =>
  new iam.CfnManagedPolicy(scope, id, { policyDocument: document(...statements) });
const role = (scope, id, service, policies, more = {}) =>
  new iam.CfnRole(scope, id, {
    assumeRolePolicyDocument: document({
      Effect: 'Allow',
      Principal: { Service: `${service}.amazonaws.com` },
      Action: ['sts:AssumeRole'],
    }),
    managedPolicyArns: policies.map((each) => each.ref),
    tags: tags(id.toLowerCase()),
    ...more,
  });

class Environment extends Stack {
  constructor(scope, id) {
    super(scope, id, { description: 'Environment for data scientists' });
    this.addNetwork();
    this.addFlowLog();
    this.addAccess();
    new CfnOutput(this, 'VpcId', { value: this.vpc.ref });
    for (const letter of 'AB') new CfnOutput(this, `PrivateSubnet${letter}Id`, { value: this[`private${letter}`].ref });
    new CfnOutput(this, 'WorkstationSecurityGroupId', { value: this.group.ref });
    new CfnOutput(this, 'WorkstationInstanceProfileId', { value: this.profile.ref });
  }

  addNetwork() {
    for (const letter of 'AB') new CfnParameter(this, `AvailabilityZoneId${letter}`);
    this.vpc = new ec2.CfnVPC(this, 'Vpc', {
      cidrBlock: '10.38.0.0/20',
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: tags('environment'),
    });
    const vpcId = this.vpc.ref;
    const gateway = new ec2.CfnInternetGateway(this, 'InternetGateway', { tags: tags('environment') });
    const attachment = new ec2.CfnVPCGatewayAttachment(this, 'InternetGatewayAttachment', {
      vpcId,
      internetGatewayId: gateway.ref,
    });
    const publicTable = new ec2.CfnRouteTable(this, 'PublicRouteTable', { vpcId, tags: tags('public') });
    new ec2.CfnRoute(this, 'PublicDefaultRoute', {
      routeTableId: publicTable.ref,
      destinationCidrBlock: '0.0.0.0/0',
      gatewayId: gateway.ref,
    }).addResourceDependency(attachment);
    const publicA = this.addSubnet('Public', 'A', '10.38.0.0/24', publicTable);
    this.addSubnet('Public', 'B', '10.38.1.0/24', publicTable);
    const address = new ec2.CfnEIP(this, 'NatAddressA', { domain: 'vpc', tags: tags('nat-a') });
    address.addResourceDependency(attachment);
    const nat = new ec2.CfnNatGateway(this, 'NatGatewayA', {
      allocationId: address.attrAllocationId,
      subnetId: publicA.ref,
      tags: tags('nat-a'),
    });
    const tables = [];
    for (const [letter, block] of [['A', '10.38.8.0/23'], ['B', '10.38.10.0/23']]) {
      const table = new ec2.CfnRouteTable(this, `PrivateRouteTable${letter}`, {
        vpcId,
        tags: tags(`private-${letter.toLowerCase()}`),
      });
      this[`private${letter}`] = this.addSubnet('Private', letter, block, table);
      new ec2.CfnRoute(this, `PrivateDefaultRoute${letter}`, {
        routeTableId: table.ref,
        destinationCidrBlock: '0.0.0.0/0',
        natGatewayId: nat.ref,
      });
      tables.push(table.ref);
    }
    this.group = new ec2.CfnSecurityGroup(this, 'WorkstationSecurityGroup', {
      groupDescription: 'Workstations: no ingress',
      vpcId,
      securityGroupEgress: [80, 443].map((port) => ({
        ipProtocol: 'tcp', fromPort: port, toPort: port, cidrIp: '0.0.0.0/0',
      })),
      tags: tags('workstation'),
    });
    new ec2.CfnVPCEndpoint(this, 'S3Endpoint', {
      vpcId,
      vpcEndpointType: 'Gateway',
      serviceName: Fn.sub('com.amazonaws.${AWS::Region}.s3'),
      routeTableIds: tables,
      tags: tags('s3'),
    });
  }

  addSubnet(tier, letter, cidrBlock, table) {
    const subnet = new ec2.CfnSubnet(this, `${tier}Subnet${letter}`, {
      vpcId: this.vpc.ref,
      availabilityZoneId: Fn.ref(`AvailabilityZoneId${letter}`),
      cidrBlock,
      mapPublicIpOnLaunch: false,
      tags: tags(`${tier}-${letter}`.toLowerCase()),
    });
    new ec2.CfnSubnetRouteTableAssociation(this, `${tier}RouteTableAssociation${letter}`, {
      subnetId: subnet.ref,
      routeTableId: table.ref,
    });
    return subnet;
  }

  addFlowLog() {
    const group = new logs.CfnLogGroup(this, 'FlowLogGroup', { retentionInDays: 400 });
    group.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
    group.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    const actions = ['CreateLogStream', 'DescribeLogGroups', 'DescribeLogStreams', 'PutLogEvents'];
    const written = policy(this, 'FlowLogPolicy', allow(actions.map((each) => `logs:${each}`), [group.attrArn]));
    const writer = role(this, 'FlowLogRole', 'vpc-flow-logs', [written]);
    new ec2.CfnFlowLog(this, 'FlowLog', {
      resourceId: this.vpc.ref,
      resourceType: 'VPC',
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: group.ref,
      deliverLogsPermissionArn: writer.attrArn,
      tags: tags('flow-log'),
    });
  }

  addAccess() {
    const channels = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'];
    const agent = [
      allow(channels.map((each) => `ssmmessages:${each}`), ['*']),
      allow(['ssm:ListInstanceAssociations', 'ssm:UpdateInstanceInformation'], [INSTANCES]),
      allow(
        ['ssm:DescribeAssociation', 'ssm:UpdateAssociationStatus', 'ssm:UpdateInstanceAssociationStatus'],
        [INSTANCES, ASSOCIATIONS, DOCUMENTS],
      ),
      allow(['ssm:DescribeDocument', 'ssm:GetDocument'], [DOCUMENTS]),
    ];
    const boundary = policy(this, 'WorkstationBoundary', ...agent);
    const workstation = policy(this, 'WorkstationPolicy', ...agent);
    const machine = role(this, 'WorkstationRole', 'ec2', [workstation], { permissionsBoundary: boundary.ref });
    this.profile = new iam.CfnInstanceProfile(this, 'WorkstationInstanceProfile', { roles: [machine.ref] });
    new ssm.CfnDocument(this, 'ShellDocument', {
      documentType: 'Session',
      documentFormat: 'JSON',
      content: { schemaVersion: '1.0', sessionType: 'Standard_Stream', inputs: { idleSessionTimeout: '60' } },
      tags: tags('shell'),
    });
    const session = { StringLike: { 'ssm:resourceTag/aws:ssmmessages:session-id': ['${aws:userid}-*'] } };
    const own = { StringEquals: { 'ec2:ResourceTag/Owner': '${aws:username}' } };
    for (const id of ['DataScientistUserPolicy', 'DataScientistSessionPolicy']) {
      policy(
        this,
        id,
        allow(['ssm:StartSession'], [INSTANCES], { StringEquals: OWN }),
        allow(['ssm:StartSession'], [DOCUMENTS]),
        allow(['ssm:ResumeSession', 'ssm:TerminateSession'], [SESSIONS], session),
        allow(['ssmmessages:OpenDataChannel'], [SESSIONS]),
        allow(['ec2:StartInstances', 'ec2:StopInstances'], [INSTANCES], own),
        allow(['ec2:DescribeInstances', 'ssm:DescribeInstanceInformation'], ['*']),
      );
    }
  }
}

class Workstations extends Stack {
  constructor(scope, id, { first, last }) {
    super(scope, id, { description: 'Workstations of data scientists' });
    for (const name of ['SubnetId', 'AvailabilityZone', 'SecurityGroupId', 'InstanceProfileName', 'ImageId']) {
      new CfnParameter(this, name, name === 'ImageId' ? { type: 'AWS::EC2::Image::Id' } : {});
    }
    for (let number = first; number < last; number += 1) this.addWorkstation(`w${String(number).padStart(3, '0')}`);
  }

  addWorkstation(name) {
    const title = name.toUpperCase();
    const named = tags(name, [{ key: 'Owner', value: name }]);
    const launch = new ec2.CfnLaunchTemplate(this, `${title}LaunchTemplate`, {
      launchTemplateData: {
        metadataOptions: {
          httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1, instanceMetadataTags: 'enabled',
        },
      },
    });
    const machine = new ec2.CfnInstance(this, `${title}Instance`, {
      launchTemplate: { launchTemplateId: launch.ref, version: '1' },
      imageId: Fn.ref('ImageId'),
      instanceType: 'm7i.xlarge',
      iamInstanceProfile: Fn.ref('InstanceProfileName'),
      networkInterfaces: [{
        deviceIndex: '0',
        subnetId: Fn.ref('SubnetId'),
        groupSet: [Fn.ref('SecurityGroupId')],
        associatePublicIpAddress: false,
        deleteOnTermination: true,
      }],
      blockDeviceMappings: [{
        deviceName: '/dev/xvda',
        ebs: { volumeType: 'gp3', volumeSize: 30, encrypted: true, deleteOnTermination: true },
      }],
      ebsOptimized: true,
      monitoring: false,
      instanceInitiatedShutdownBehavior: 'stop',
      propagateTagsToVolumeOnCreation: true,
      userData: Fn.base64(FIRST_BOOT),
      tags: named,
    });
    const home = new ec2.CfnVolume(this, `${title}HomeVolume`, {
      availabilityZone: Fn.ref('AvailabilityZone'),
      volumeType: 'gp3',
      size: 100,
      iops: 3000,
      throughput: 125,
      encrypted: true,
      tags: named,
    });
    home.cfnOptions.deletionPolicy = CfnDeletionPolicy.SNAPSHOT;
    home.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.SNAPSHOT;
    new ec2.CfnVolumeAttachment(this, `${title}HomeVolumeAttachment`, {
      instanceId: machine.ref,
      volumeId: home.ref,
      device: '/dev/sdf',
    });
    new CfnOutput(this, `${title}InstanceId`, { value: machine.ref });
    new CfnOutput(this, `${title}HomeVolumeId`, { value: home.ref });
  }
}

const count = Number(process.env.WORKSTATIONS);
const app = new App({ analyticsReporting: false });
new Environment(app, 'environment');
for (let first = 0; first < count; first += WORKSTATIONS_IN_A_STACK) {
  const last = Math.min(first + WORKSTATIONS_IN_A_STACK, count);
  new Workstations(app, `workstations-${String(first).padStart(3, '0')}`, { first, last });
}
