// Runs cdk-nag's packs over CloudFormation templates; started by cdk_nag.py with NODE_PATH set.
//
//     node cdk_nag.js TEMPLATE...    JSON: [[template, pack, rule, logical id, outcome, detail, message], ...]
//
// Outcomes: passed, failed, error (the rule threw, so nothing is known). Rules that do not apply are left out.
// Some rules find several things wrong with one resource: the detail says which.
// The packs' own report knows no passes, so their rules are called here.

'use strict';

const { App, Stack } = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
const nag = require('cdk-nag');

const PACKS = {
    'AwsSolutions': nag.AwsSolutionsChecks,
    'HIPAA.Security': nag.HIPAASecurityChecks,
    'NIST.800.53.R5': nag.NIST80053R5Checks,
    'PCI.DSS.321': nag.PCIDSS321Checks,
};

function outcomes(rule, node) {
    try {
        const result = rule(node);
        if (Array.isArray(result)) {
            return result.length ? result.map((detail) => ['failed', detail]) : [['passed', '']];
        }
        const known = { 'Compliant': 'passed', 'Non-Compliant': 'failed' };
        return result in known ? [[known[result], '']] : [];
    } catch (error) {
        return [['error', '', `cannot tell: ${error.message}`]];
    }
}

function scan(templateFile) {
    const app = new App({ analyticsReporting: false });
    const stack = new Stack(app, 'Scanned');
    new CfnInclude(stack, 'Template', { templateFile }); // keeps logical ids
    const rows = [];
    for (const [name, Pack] of Object.entries(PACKS)) {
        const pack = new Pack(app);
        pack.applyRule = ({ ruleSuffixOverride, info, node, rule }) => {
            for (const [outcome, detail, message] of outcomes(rule, node)) {
                const id = stack.resolve(node.logicalId);
                rows.push([templateFile, name, ruleSuffixOverride || rule.name, id, outcome, detail, message || info]);
            }
        };
        pack.validateScope(app);
    }
    return rows;
}

process.stdout.write(JSON.stringify(process.argv.slice(2).flatMap(scan)));
